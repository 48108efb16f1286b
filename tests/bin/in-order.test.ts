import test from 'ava';
import { runInOrder } from '../../bin/in-order.ts';

/** Work whose items end on command, in any order. */
class Bench {
  readonly printed: string[] = [];
  readonly moments: string[] = [];
  pulled = 0;
  isOver = false;
  readonly #ends = new Map<number, () => void>();

  run(items: number, most: number): Promise<void> {
    const done = runInOrder(this.#items(items), {
      most,
      run: (item) => new Promise((resolve) => this.#ends.set(item, () => resolve(`${item}`))),
      print: (outcome) => void this.printed.push(outcome),
      onHalt: () => void this.moments.push(`halt after ${this.pulled}`),
      onGo: () => void this.moments.push('go'),
    });
    return done.then(() => {
      this.isOver = true;
    });
  }

  /** Ends some items, one after the other, and runs all callbacks that follow. */
  async end(...items: number[]): Promise<void> {
    for (const item of items) {
      this.#ends.get(item)?.();
      await settled();
    }
  }

  async *#items(count: number) {
    for (let i = 1; i <= count; i++) {
      this.pulled = i;
      yield i;
    }
  }
}

/** Resolves after every callback that can run has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('an outcome is printed when all before it are there, even if the next item has not come', async (t) => {
  const bench = new Bench();
  const done = bench.run(4, 10);
  await settled();
  await bench.end(2, 3);
  t.deepEqual(bench.printed, []);
  await bench.end(1);
  t.deepEqual(bench.printed, ['1', '2', '3']);
  t.false(bench.isOver);
  await bench.end(4);
  t.deepEqual(bench.printed, ['1', '2', '3', '4']);
  await done;
});

test('only as many items are taken as may be under way, the ones waiting for their turn included', async (t) => {
  const bench = new Bench();
  const done = bench.run(6, 3);
  await settled();
  t.is(bench.pulled, 3);
  await bench.end(2, 3);
  t.is(bench.pulled, 3);
  await bench.end(1);
  t.is(bench.pulled, 6);
  await bench.end(4, 5, 6);
  await done;
  t.deepEqual(bench.printed, ['1', '2', '3', '4', '5', '6']);
  // The calls alternate: no room, and room again. The last call is the end.
  t.deepEqual(
    bench.moments.map((moment) => moment.split(' ')[0]),
    ['halt', 'go', 'halt', 'go', 'halt', 'go', 'halt', 'go', 'halt'],
  );
  t.is(bench.moments[0], 'halt after 3');
});
