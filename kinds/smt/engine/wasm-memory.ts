/**
 * A copy of a module's memory. A run with `bytes` is in use; a run without them is zero. `end` is the end of the copied
 * part.
 */
export interface MemoryImage {
  readonly end: number;
  readonly runs: readonly { readonly start: number; readonly end: number; readonly bytes?: Uint8Array }[];
}

interface Module {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

const block = 65_536;
const zeros = Buffer.alloc(block);
// Larger than any hole between the allocations of an image: the stack of a finished thread is 20 MB.
const reserve = 64 << 20;
// The allocator keeps the size of its last, open-ended chunk in front of that chunk.
const header = 4096;

/**
 * The memory of a WebAssembly module. It may be imaged and restored only while no thread of the module runs.
 *
 * The restored allocator sees all memory behind the image's end as free, so that part may hold any bytes.
 */
export class Memory {
  readonly #module: Module;

  constructor(module: Module) {
    this.#module = module;
  }

  /** Copies all memory in use; runs of zeros are stored without their bytes. */
  image(): MemoryImage {
    const end = this.#end();
    const { HEAPU8 } = this.#module;
    const runs: { start: number; end: number; bytes?: Uint8Array }[] = [];
    for (let start = 0; start < end; start += block) {
      const stop = start + block;
      const last = runs.at(-1);
      const used = isUsed(HEAPU8, start, stop);
      if (last && used === (last.bytes !== undefined)) last.end = stop;
      else runs.push(used ? { start, end: stop, bytes: HEAPU8.subarray(0, 0) } : { start, end: stop });
    }
    for (const run of runs) if (run.bytes) run.bytes = HEAPU8.slice(run.start, run.end);
    return { end, runs };
  }

  /** Restores the memory to the state of the image. */
  restore(image: MemoryImage): void {
    const { HEAPU8 } = this.#module;
    for (const { start, end, bytes } of image.runs) {
      if (bytes) HEAPU8.set(bytes, start);
      // Only bytes other than zero are overwritten: a page that was never touched takes no memory.
      else
        for (let at = start; at < end; at += block) if (isUsed(HEAPU8, at, at + block)) HEAPU8.fill(0, at, at + block);
    }
  }

  /** Returns an address above everything in use: only the open end can provide a piece larger than every hole. */
  #end(): number {
    const pointer = this.#module._malloc(reserve);
    if (pointer === 0) throw new Error('the memory of the module is full');
    this.#module._free(pointer);
    return Math.ceil((pointer + header) / block) * block;
  }
}

function isUsed(memory: Uint8Array, start: number, end: number): boolean {
  return zeros.compare(memory, start, end) !== 0;
}
