import test from 'ava';
import { jobs } from '../support/jobs.ts';
import { opener } from '../support/pool.ts';

for (const window of [1, 4]) {
  test(`what a task transfers moves to its thread and is copied nowhere, with a window of ${window}`, async (t) => {
    const pool = opener(t, 'thread')(jobs({ window }));
    const buffers = [1, 2, 3].map((byte) => new Uint8Array(1000).fill(byte));
    pool.pause();
    const results = buffers.map((value) => pool.run({ do: 'echo', value }, { transfer: [value.buffer] }));
    pool.resume();
    t.deepEqual(
      await Promise.all(results),
      [1, 2, 3].map((byte) => new Uint8Array(1000).fill(byte)),
    );
    t.deepEqual(
      buffers.map(({ byteLength }) => byteLength),
      [0, 0, 0],
    );
  });
}
