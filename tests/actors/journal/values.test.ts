import test from 'ava';
import fc from 'fast-check';
import { lineOf, recordsOf, settledRecord, submittedRecord, textOf, valueIn } from '../../../actors/journal/records.ts';
import { replay } from '../../../actors/journal/replay.ts';

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
  const records = recordsOf(lineOf(submittedRecord('x', textOf(value))).trim());
  t.is(records?.[0]?.type, 'submitted');
  t.is(({} as { polluted?: unknown }).polluted, undefined);
});

test('a line with one changed byte is no record, with one record or several', (t) => {
  const settled = settledRecord('task', '{"result":{"a":[1,"two"]}}', [
    { id: 3, body: '{"b":true},{"followUp":true}' },
  ]);
  const several = [settled, submittedRecord(4, '{"a":","}'), settledRecord(3, '{}', [])];
  for (const [records, types] of [
    [[settled], ['settled']],
    [several, ['settled', 'submitted', 'settled']],
  ] as const) {
    const line = lineOf(records.join(','), records.length).trim();
    t.deepEqual(
      recordsOf(line)?.map(({ type }) => type),
      types,
    );
    const broken = fc.tuple(fc.nat(line.length - 1), fc.integer({ min: 32, max: 126 }));
    fc.assert(
      fc.property(broken, ([at, code]) => {
        const other = line.slice(0, at) + String.fromCharCode(code) + line.slice(at + 1);
        t.is(recordsOf(other) !== undefined, other === line);
      }),
    );
  }
});

test('a line with a part that is no record, or without records, is refused', (t) => {
  const good = submittedRecord('a', '1');
  for (const [records, count] of [
    [`${good},["x",1,2]`, 2],
    [`${good},5`, 2],
    [`${good},["g",${good}]`, 2],
    [`["x",1,{}]`, 1],
    ['', 0],
  ] as const) {
    t.is(recordsOf(lineOf(records, count).trim()), undefined, records);
  }
  t.is(recordsOf(lineOf(`${good},${good}`, 2).trim())?.length, 2);
});

test('any bytes as a journal are read or refused, with no other effect', (t) => {
  const head = '{"journal":"statepool","version":1,"kind":"k"}\n';
  const lines = fc.oneof(
    fc.json().map((body) => lineOf(submittedRecord('a', body))),
    fc.json().map((body) => lineOf(`${submittedRecord('a', body)},${settledRecord('a', '{}', [])}`, 2)),
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
