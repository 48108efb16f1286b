import test from 'ava';
import { Memory } from '../../../../kinds/smt/engine/wasm-memory.ts';

const BLOCK = 65_536;

/** A module whose allocator gives out the first piece that is large enough. Its list of free pieces is in its memory. */
class Module {
  readonly HEAPU8 = new Uint8Array(new SharedArrayBuffer(128 << 20));
  readonly #free = new Uint32Array(this.HEAPU8.buffer, 0, 64);

  constructor(holes: readonly (readonly [start: number, end: number])[]) {
    for (const [i, [start, end]] of holes.entries()) this.#free.set([start, end], 2 * i);
  }

  _malloc(bytes: number): number {
    for (let i = 0; i < this.#free.length; i += 2) {
      const [start = 0, end = 0] = this.#free.subarray(i, i + 2);
      if (end - start < bytes) continue;
      this.#free[i] = start + bytes;
      return start;
    }
    return 0;
  }

  /** Takes back only the piece that was given out last. */
  _free(pointer: number): void {
    const size = 64 << 20;
    for (let i = 0; i < this.#free.length; i += 2) if (this.#free[i] === pointer + size) this.#free[i] = pointer;
  }
}

test('a restored memory has the bytes of everything in use, and of the allocator itself', (t) => {
  const module = new Module([
    [8 * BLOCK, 20 * BLOCK],
    [30 * BLOCK, 128 << 20],
  ]);
  const { HEAPU8 } = module;
  HEAPU8.fill(1, 2 * BLOCK, 3 * BLOCK);
  const memory = new Memory(module);
  const image = memory.image();
  const before = HEAPU8.slice(0, 8 * BLOCK);
  const after = HEAPU8.slice(20 * BLOCK, 30 * BLOCK);
  t.is(module._malloc(BLOCK), 8 * BLOCK, 'the search for holes has left no trace');
  HEAPU8.fill(7, BLOCK, 30 * BLOCK);
  memory.restore(image);
  t.is(Buffer.compare(HEAPU8.slice(0, 8 * BLOCK), before), 0);
  t.is(Buffer.compare(HEAPU8.slice(20 * BLOCK, 30 * BLOCK), after), 0);
  t.is(module._malloc(BLOCK), 8 * BLOCK);
});

test('the holes between allocations are neither copied nor restored, except for their ends', (t) => {
  const module = new Module([
    [8 * BLOCK, 20 * BLOCK],
    [30 * BLOCK, 128 << 20],
  ]);
  const memory = new Memory(module);
  const image = memory.image();
  const starts = image.blocks.map(({ start }) => start / BLOCK);
  t.deepEqual(
    Array.from({ length: 31 }, (_, i) => i).filter((i) => !starts.includes(i)),
    [9, 10, 11, 12, 13, 14, 15, 16, 17, 18],
  );
  t.deepEqual(
    image.blocks.filter(({ bytes }) => bytes !== undefined).map(({ start }) => start),
    [0],
  );
});
