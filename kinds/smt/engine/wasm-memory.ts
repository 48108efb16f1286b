/** One block of a copied memory. A block without bytes is zero. */
interface Block {
  readonly start: number;
  readonly bytes?: Uint8Array;
}

/** A copy of a module's memory: its blocks in use. The others were free, and may hold any bytes. */
export interface MemoryImage {
  readonly blocks: readonly Block[];
}

interface Module {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** A part of the memory, from `start` up to `end`. */
interface Part {
  readonly start: number;
  readonly end: number;
}

const block = 65_536;
const zeros = Buffer.alloc(block);
// Larger than any hole between the allocations of an image: the stack of a finished thread is 20 MB.
const reserve = 64 << 20;
// The allocator keeps the size of its last, open-ended chunk in front of that chunk. It also keeps data at both ends of
// each free chunk.
const header = 4096;
// The size in which holes are searched. Smaller holes are copied as if they were in use.
const piece = 4 * block;

/**
 * The memory of a WebAssembly module. It may be imaged and restored only while no thread of the module runs.
 *
 * Only what the allocator has given out matters, and the data of the allocator itself: a program may not read other
 * memory before it has written it.
 */
export class Memory {
  readonly #module: Module;

  constructor(module: Module) {
    this.#module = module;
  }

  /** Copies all memory in use, without the holes. */
  image(): MemoryImage {
    const { HEAPU8 } = this.#module;
    const blocks: Block[] = [];
    const end = this.#end();
    for (let start = 0; start < end; start += block) {
      blocks.push(isUsed(HEAPU8, start) ? { start, bytes: HEAPU8.slice(start, start + block) } : { start });
    }
    const holes = this.#fillHoles(end);
    // The allocator forgets the pieces in the holes.
    this.restore({ blocks });
    const isFree = ({ start }: Block) => holes.some((hole) => hole.start <= start && start + block <= hole.end);
    return { blocks: blocks.filter((each) => !isFree(each)) };
  }

  /** Restores the memory to the state of the image. */
  restore({ blocks }: MemoryImage): void {
    const { HEAPU8 } = this.#module;
    for (const { start, bytes } of blocks) {
      // Copying is as fast as comparing. `fill` would take ten times as long, because the memory is shared.
      if (bytes !== undefined) HEAPU8.set(bytes, start);
      // Only bytes other than zero are overwritten: a page that was never touched takes no memory.
      else if (isUsed(HEAPU8, start)) HEAPU8.set(zeros, start);
    }
  }

  /** Takes all pieces that fit into the holes below an address. Returns the parts in them that hold no data. */
  #fillHoles(end: number): Part[] {
    const taken: Part[] = [];
    for (;;) {
      const start = this.#module._malloc(piece);
      if (start === 0 || start + piece > end) break;
      taken.push({ start, end: start + piece });
    }
    taken.sort((a, b) => a.start - b.start);
    const holes: { start: number; end: number }[] = [];
    for (const { start, end } of taken) {
      const last = holes.at(-1);
      if (last !== undefined && start - last.end < header) last.end = end;
      else holes.push({ start, end });
    }
    return holes.map(({ start, end }) => ({ start: start + header, end: end - header }));
  }

  /** Returns an address above everything in use: only the open end can provide a piece larger than every hole. */
  #end(): number {
    const pointer = this.#module._malloc(reserve);
    if (pointer === 0) throw new Error('the memory of the module is full');
    this.#module._free(pointer);
    return Math.ceil((pointer + header) / block) * block;
  }
}

function isUsed(memory: Uint8Array, start: number): boolean {
  return zeros.compare(memory, start, start + block) !== 0;
}
