import test from 'ava';
import fc from 'fast-check';
import { idOf, jobIdOf, partOf, textOfPart, topicOf } from '../../../fleet/bullmq/connection/names.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.integer().map(String),
  fc.stringMatching(/^n{0,3}-?\d{1,5}$/),
  fc.stringMatching(/^[%:3A25n0]{1,8}$/),
);

test('an id comes back from its name in BullMQ, which has no colon and is no number', (t) => {
  fc.assert(
    fc.property(text, (id) => {
      const name = jobIdOf(id);
      t.is(idOf(name), id);
      t.false(name.includes(':') || name.includes('\0') || /^-?\d+$/.test(name), name);
    }),
    { numRuns: 1000 },
  );
});

test('different ids have different names', (t) => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      t.is(jobIdOf(one) === jobIdOf(other), one === other);
    }),
    { numRuns: 1000 },
  );
});

test('any text is a part of a topic', (t) => {
  fc.assert(
    fc.property(text, (id) => {
      t.regex(partOf(id), /^[A-Za-z0-9_-]+$/);
      t.is(textOfPart(partOf(id)), id);
    }),
    { numRuns: 1000 },
  );
  t.is(topicOf('to.a b.c'), 'to.a_20b.c');
});
