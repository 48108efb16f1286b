import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import test from 'ava';
import fc from 'fast-check';
import { moveCopies } from '../../../../actors/protocol/payloads/move-copies.ts';

const LARGE = 128 * 1024;

/** Returns what arrives when `value` is posted as a worker posts its answers. */
function arrived(value: unknown): unknown {
  const { port1, port2 } = new MessageChannel();
  try {
    const copies = moveCopies(value);
    port1.postMessage(copies?.message ?? value, copies?.transfer);
    return receiveMessageOnPort(port2)?.message;
  } finally {
    port1.close();
  }
}

/** Returns a buffer whose bytes differ, so that a shifted copy shows. */
function bytes(length: number): ArrayBuffer {
  return Uint8Array.from({ length }, (_, i) => i * 7).buffer;
}

/** Returns the parts of a value in the order of a search, each once. */
function partsOf(value: unknown, found: Set<unknown> = new Set()): Set<unknown> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  if (ArrayBuffer.isView(value)) partsOf(value.buffer, found);
  else for (const part of Object.values(value)) partsOf(part, found);
  return found;
}

const views = [Uint8Array, Int16Array, Float64Array, BigInt64Array, Uint8ClampedArray, DataView, Buffer];

/** Values of plain parts that share large and small buffers. */
const values = fc
  .tuple(fc.constantFrom(LARGE, LARGE + 8, 2 * LARGE), fc.constantFrom(8, 4096, LARGE - 8))
  .chain(([large, small]) => {
    const buffers = [bytes(large), bytes(small)];
    const view = fc
      .tuple(fc.constantFrom(...buffers), fc.constantFrom(...views), fc.constantFrom(0, 8))
      .map(([buffer, View, offset]) =>
        View === Buffer ? Buffer.from(buffer, offset) : new (View as typeof Uint8Array)(buffer, offset),
      );
    const shared = { text: 'shared' };
    const leaf = fc.oneof(view, fc.constantFrom<unknown>(...buffers, shared, 1, 2n, 'text', undefined, null));
    return fc.oneof(
      leaf,
      fc.array(leaf, { maxLength: 5 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }))),
    );
  });

test('what arrives is a structured clone, and the sender keeps its buffers', (t) => {
  let moved = 0;
  const property = fc.property(values, (value) => {
    const expected = structuredClone(value);
    if (moveCopies(value) !== undefined) moved++;
    const found = arrived(value);
    t.deepEqual(found, expected);
    // Each part that the value shares is shared again, and no buffer of the sender is gone.
    const [own, theirs] = [[...partsOf(value)], [...partsOf(found)]];
    t.is(theirs.length, own.length);
    own.forEach((part, i) => {
      if (part instanceof ArrayBuffer) t.true(Buffer.from(part).equals(Buffer.from(theirs[i] as ArrayBuffer)));
    });
  });
  fc.assert(property, { numRuns: 300 });
  t.true(moved > 50);
});

class Mine extends Uint8Array {}
class Point {
  x = 1;
}

function argumentsOf(..._given: number[]): unknown {
  // biome-ignore lint/complexity/noArguments: this object is meant.
  return arguments;
}

/** Parts of a message with a large buffer that only a structured clone copies, or refuses, as it must be. */
const unusual: ReadonlyArray<readonly [name: string, part: unknown]> = [
  ['map', new Map([[1, 2]])],
  ['set', new Set([1])],
  ['date', new Date(0)],
  ['error', new Error('e')],
  ['regular expression', /e/],
  ['boxed number', Object(1)],
  ['instance', new Point()],
  ['no prototype', Object.assign(Object.create(null), { x: 1 })],
  ['date with another prototype', Object.setPrototypeOf(new Date(0), Object.prototype)],
  ['arguments of a call', argumentsOf(1)],
  ['key __proto__', JSON.parse('{"__proto__":{"x":1}}')],
  // biome-ignore lint/suspicious/noSparseArray: the hole is on purpose.
  ['holes', [1, , 3]],
  ['array with a property', Object.assign([1], { tag: 'x' })],
  // biome-ignore lint/suspicious/noSparseArray: the hole is on purpose.
  ['holes and a property', Object.assign([1, , 3], { tag: 'x' })],
  ['shared memory', new Uint8Array(new SharedArrayBuffer(LARGE))],
  ['many parts', Array.from({ length: 100 }, (_, i) => i)],
  ['function', () => {}],
  ['symbol', Symbol('s')],
  ['proxy', new Proxy({}, {})],
  ['proxy of an array', new Proxy([], {})],
];

for (const [name, part] of unusual) {
  test(`a large buffer beside another part is left to the structured clone: ${name}`, (t) => {
    const message = { data: new Uint8Array(LARGE), part };
    t.is(moveCopies(message), undefined);
    const expected = outcome(() => structuredClone(message));
    t.deepEqual(
      outcome(() => arrived(message)),
      expected,
    );
  });
}

/** Returns the value, or the name of the error. */
function outcome(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return (error as Error).name;
  }
}

test('a resizable buffer stays resizable', (t) => {
  const make = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer;
  const buffer = new make(LARGE, { maxByteLength: 2 * LARGE });
  t.is(moveCopies([buffer]), undefined);
  t.deepEqual(arrived([buffer]), structuredClone([buffer]));
});

test('a subclass of a typed array arrives as its own class', (t) => {
  const message = [new Mine(LARGE), Buffer.alloc(LARGE)];
  t.not(moveCopies(message), undefined);
  for (const part of arrived(message) as unknown[]) t.is(Object.getPrototypeOf(part), Uint8Array.prototype);
});

test('a buffer is copied once, however often it is in the message', (t) => {
  const data = new Uint8Array(LARGE);
  const copies = moveCopies({ data, again: data });
  t.deepEqual(
    copies?.transfer.map(({ byteLength }) => byteLength),
    [LARGE],
  );
  t.not(copies?.transfer[0], data.buffer);
});

test('small and deep values, and getters that throw, are left to the structured clone', (t) => {
  for (const value of [
    1,
    'x'.repeat(LARGE),
    undefined,
    null,
    { data: new Uint8Array(LARGE - 1) },
    [[[[[bytes(LARGE)]]]]],
  ]) {
    t.is(moveCopies(value), undefined);
  }
  const broken = {
    data: new Uint8Array(LARGE),
    get part(): never {
      throw new RangeError('broken');
    },
  };
  t.throws(() => arrived(broken), { instanceOf: RangeError, message: 'broken' });
});
