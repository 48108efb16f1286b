import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { lineOf, submittedRecord } from '../../../actors/journal/records.ts';
import { replay } from '../../../actors/journal/replay.ts';
import { echo } from '../../support/jobs.ts';
import { journalOf } from '../../support/journal.ts';
import { errorOf } from '../../support/outcome.ts';

/** Makes a journal that holds every sort of record: of accepted and of settled tasks, with ids and without. */
async function written(t: Parameters<typeof journalOf>[0]) {
  const journal = journalOf(t);
  const { pool } = journal.open();
  await pool.run(echo('done'), { id: 'done' });
  await errorOf(pool.run({ do: 'throw', what: 'type' }, { id: 'failed' }));
  pool.resize(0);
  for (const value of ['[', ']"\\ \u{8a}J*', 'last']) await pool.submit(echo(value));
  await pool.destroy();
  return { ...journal, bytes: readFileSync(journal.path) };
}

test('a changed bit is reported wherever it is: no record is dropped silently', async (t) => {
  const { bytes, path } = await written(t);
  const whole = replay(bytes, path, 'jobs');
  t.is(whole.pending.size, 3);
  t.is(whole.torn, 0);
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
      const where = `bit ${bit} of byte ${at} of ${bytes.length}`;
      t.throws(() => replay(flipped, path, 'jobs'), { code: 'JOURNAL_CORRUPT' }, where);
    }
  }
});

test('a changed line end is reported with its place, and the file is left unchanged', async (t) => {
  const { bytes, open, path } = await written(t);
  const line = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
  for (const end of ['\v', 'J', '*', ' ', '\v[12,"s"', ' \0']) {
    const broken = Buffer.concat([bytes.subarray(0, -1), Buffer.from(end)]);
    writeFileSync(path, broken);
    const error = t.throws(() => open(), { code: 'JOURNAL_CORRUPT' });
    t.true(
      error.message.includes(`at byte ${line}, cannot be used: its line end has changed since it was written`),
      error.message,
    );
    t.deepEqual(readFileSync(path), broken);
  }
});

test('a whole record without its line end is kept, and gets one', async (t) => {
  const { bytes, open, path, warnings } = await written(t);
  for (const zeros of [0, 1, 5000]) {
    truncateSync(path, bytes.length - 1);
    appendFileSync(path, Buffer.alloc(zeros));
    const { pool } = open({ size: 0 });
    t.is(pool.stats.journal?.recovered, 3);
    await pool.destroy();
    t.deepEqual(readFileSync(path), bytes);
  }
  t.is((await warnings()).length, 3);
  for (const warning of await warnings()) t.regex(warning, /its last record had no line end, and is kept/);
});

test('after a partial write every record before the last one is used, and the last one is there or not', async (t) => {
  const { bytes, path } = await written(t);
  const line = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
  for (let size = line; size <= bytes.length; size++) {
    const { pending, torn } = replay(bytes.subarray(0, size), path, 'jobs');
    t.is(pending.size, size < bytes.length - 1 ? 2 : 3, String(size));
    t.is(torn, size < bytes.length - 1 ? size - line : 0);
  }
});

test('a record whose text is full of brackets and quotes is read whole', (t) => {
  const head = '{"journal":"statepool","version":1,"kind":"jobs"}\n';
  for (const id of ['[', ']', '"', '\\', '\\"]', '[[["']) {
    const line = lineOf(submittedRecord(id, JSON.stringify([id, [id]]))).trimEnd();
    const { pending, isUnended } = replay(Buffer.from(head + line), 'x', 'jobs');
    t.deepEqual([...pending.keys()], [id]);
    t.true(isUnended);
  }
});
