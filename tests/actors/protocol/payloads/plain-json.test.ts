import test from 'ava';
import fc from 'fast-check';
import { arePlain, isPlain } from '../../../../actors/protocol/payloads/plain-json.ts';

class Point {
  x = 1;
}

const shared = { a: 1 };
const cycle: Record<string, unknown> = {};
cycle.self = cycle;
const tagged = Object.assign([1, 2], { tag: 'x' });
// biome-ignore lint/suspicious/noSparseArray: the hole is on purpose.
const sparse = [1, , 3];

/** Values that JSON changes or loses, compared with a structured clone. */
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

test('a value that JSON would change is not plain, wherever it is', (t) => {
  for (const value of odd) {
    t.false(isPlain(value));
    t.false(isPlain({ deep: [value] }));
  }
});

test('a plain value returns from JSON as from a structured clone', (t) => {
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

test('a large or deep value is not checked', (t) => {
  t.false(isPlain(Array.from({ length: 1000 }, (_, i) => i)));
  t.false(isPlain('x'.repeat(100_000)));
  t.false(isPlain(Array.from({ length: 50 }).reduce((inner) => [inner], 1)));
});

test('several values are plain if each one is, even if they share an object', (t) => {
  t.true(arePlain([shared, { a: shared }, 'b']));
  t.false(arePlain([shared, new Date(0)]));
});

test('a getter that throws does not affect the check of the next value', (t) => {
  const hostile = {
    list: [shared],
    get bad(): never {
      throw new Error('no');
    },
  };
  t.throws(() => isPlain(hostile), { message: 'no' });
  t.true(isPlain(shared));
});
