import test from 'ava';
import fc from 'fast-check';
import { recordOf, settledLine, submittedLine } from '../../../actors/journal/records.ts';
import { replay } from '../../../actors/journal/replay.ts';
import { textOf, valueIn } from '../../../actors/journal/values.ts';

const there = (value: unknown) => valueIn(JSON.parse(textOf(value)));

test('a value returns as a structured clone of itself', (t) => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
  });
  fc.assert(fc.property(anything, (value) => void t.deepEqual(there(value), structuredClone(value))));
  const circle: unknown[] = [];
  circle.push(circle);
  for (const value of [
    undefined,
    -0,
    Number.NaN,
    circle,
    { $clone: 1 },
    { a: { $clone: 1 } },
    [undefined],
    new Date(3),
  ]) {
    t.deepEqual(there(value), value);
  }
});

test('a JSON value is written unchanged, at any size', (t) => {
  for (const value of ['x'.repeat(10_000), Array.from({ length: 1000 }, (_, i) => ({ i })), { a: [{ b: null }] }]) {
    t.is(textOf(value), JSON.stringify(value));
  }
});

test('reading a task pollutes no prototype', (t) => {
  const value = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  const record = recordOf(submittedLine('x', textOf(value)).trim());
  t.is(record?.type, 'submitted');
  t.is(({} as { polluted?: unknown }).polluted, undefined);
});

test('a line with one changed byte is no record', (t) => {
  const line = settledLine('task', '{"result":{"a":[1,"two"]}}', [
    { id: 3, body: '{"b":true},{"followUp":true}' },
  ]).trim();
  t.is(recordOf(line)?.type, 'settled');
  const broken = fc.tuple(fc.nat(line.length - 1), fc.integer({ min: 32, max: 126 }));
  fc.assert(
    fc.property(broken, ([at, code]) => {
      const other = line.slice(0, at) + String.fromCharCode(code) + line.slice(at + 1);
      t.is(recordOf(other) !== undefined, other === line);
    }),
  );
});

test('any bytes as a journal are read or refused, with no other effect', (t) => {
  const head = '{"journal":"statepool","version":1,"kind":"k"}\n';
  const lines = fc.oneof(
    fc.json().map((body) => submittedLine('a', body)),
    fc.json().map((body) => `[0,${body}]\n`),
    fc.string().map((text) => `${text}\n`),
    fc.string(),
  );
  const bytes = fc.oneof(
    fc.uint8Array().map((array) => Buffer.from(array)),
    fc.array(lines).map((all) => Buffer.from(head + all.join(''))),
  );
  fc.assert(
    fc.property(bytes, (content) => {
      try {
        const { size, torn } = replay(content, 'journal', 'k');
        t.is(size + torn, content.length);
      } catch (error) {
        t.like(error as object, { name: 'JournalError', code: 'JOURNAL_CORRUPT' });
      }
    }),
  );
});
