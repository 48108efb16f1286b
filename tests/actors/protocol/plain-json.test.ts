import test from 'ava';
import fc from 'fast-check';
import { arePlain, isPlain } from '../../../actors/protocol/plain-json.ts';

class Point {
  x = 1;
}

const shared = { a: 1 };
const cycle: Record<string, unknown> = {};
cycle.self = cycle;
const tagged = Object.assign([1, 2], { tag: 'x' });
// biome-ignore lint/suspicious/noSparseArray: a hole is no value.
const sparse = [1, , 3];

/** What JSON gives back as something else than a structured clone does, or not at all. */
const odd: readonly unknown[] = [
  undefined,
  { a: undefined },
  -0,
  [Number.NaN],
  Number.POSITIVE_INFINITY,
  1n,
  new Date(0),
  new Map(),
  new Uint8Array(2),
  new Point(),
  new Error('e'),
  Object.create({ inherited: 1 }),
  { toJSON: () => 1 },
  () => {},
  new Proxy({}, {}),
  new Proxy([], {}),
  Symbol('s'),
  sparse,
  tagged,
  cycle,
  [shared, shared],
  { a: shared, b: { c: shared } },
];

test('what JSON would change is no plain value, wherever it stands', (t) => {
  for (const value of odd) {
    t.false(isPlain(value));
    t.false(isPlain({ deep: [value] }));
  }
});

test('a value that is plain comes back from JSON as from a structured clone', (t) => {
  const anything = fc.anything({ withDate: true, withMap: true, withSparseArray: true, withBigInt: true });
  const some = fc.oneof(fc.jsonValue({ maxDepth: 3 }), anything, fc.constantFrom(...odd), fc.constant('\ud800'));
  let plain = 0;
  const property = fc.property(some, (value) => {
    if (!isPlain(value)) return true;
    plain++;
    t.deepEqual(JSON.parse(JSON.stringify(value)), structuredClone(value));
    return true;
  });
  fc.assert(property, { numRuns: 2000 });
  t.true(plain > 500);
});

test('a value that is large or deep is not looked through', (t) => {
  t.false(isPlain(Array.from({ length: 1000 }, (_, i) => i)));
  t.false(isPlain('x'.repeat(100_000)));
  t.false(isPlain(Array.from({ length: 50 }).reduce((inner) => [inner], 1)));
});

test('several are plain when each is, one object in two of them too', (t) => {
  t.true(arePlain([shared, { a: shared }, 'b']));
  t.false(arePlain([shared, new Date(0)]));
});

test('a getter that throws is no reason to take the next value for what it is not', (t) => {
  const hostile = {
    list: [shared],
    get bad(): never {
      throw new Error('no');
    },
  };
  t.throws(() => isPlain(hostile), { message: 'no' });
  t.true(isPlain(shared));
});
