import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { echo } from '../../support/jobs.ts';
import { journalOf } from '../../support/journal.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';

for (const durability of ['process', 'power'] as const) {
  test(`a removed journal is written anew before a task is reported as accepted (${durability})`, async (t) => {
    const { open, path, text, warnings } = journalOf(t);
    const { pool } = open({ size: 0 }, durability);
    await pool.submit(echo('first'), { id: 'first' });
    rmSync(path);
    await pool.submit(echo('second'), { id: 'second' });
    t.true(existsSync(path));
    await pool.submit(echo('third'), { id: 'third' });
    t.is((await warnings()).length, 1);
    t.regex((await warnings())[0] ?? '', /was removed while the pool used it: the pool has written it again/);
    for (const name of ['first', 'second', 'third']) t.is(text().split(`"s","${name}"`).length, 2);
    await pool.destroy();
    const next = open();
    t.is(next.pool.stats.journal?.recovered, 3);
    await next.pool.join();
    t.deepEqual(
      next.ended.map(({ result }) => result),
      ['first', 'second', 'third'],
    );
  });
}

test('the settled tasks of a removed journal are still known afterwards, and its lock is there again', async (t) => {
  const { open, path } = journalOf(t);
  const { pool } = open();
  t.is(await pool.run(echo(1), { id: 'before' }), 1);
  rmSync(path);
  rmSync(`${path}.lock`);
  t.is(await pool.run(echo(2), { id: 'after' }), 2);
  t.throws(() => open(), { code: 'JOURNAL_LOCKED' });
  await pool.destroy();
  t.false(existsSync(`${path}.lock`));
  const next = open();
  t.deepEqual(await Promise.all(['before', 'after'].map((id) => next.pool.run(echo('again'), { id }))), [1, 2]);
});

test('a removed journal is written again if its pool ends with unsettled tasks, and otherwise stays removed', async (t) => {
  for (const isDone of [true, false]) {
    const { open, path } = journalOf(t);
    const { pool } = open({ size: isDone ? 1 : 0 });
    const { result } = await pool.submit(echo(1));
    const end = code(result);
    if (isDone) await end;
    rmSync(path);
    await pool.destroy();
    t.is(existsSync(path), !isDone);
    if (!isDone) t.is(open({ size: 0 }).pool.stats.journal?.recovered, 1);
  }
});

test('without the folder of the journal every caller gets an error, until the folder is back', async (t) => {
  const { folder, open, path, warnings } = journalOf(t);
  const { pool } = open();
  await pool.run(echo(1), { id: 'before' });
  rmSync(folder, { recursive: true });
  const callers = [pool.run(echo(2), { id: 'x' }), pool.run(echo(2), { id: 'x' }), pool.submit(echo(2), { id: 'x' })];
  t.deepEqual(await codes(callers), ['JOURNAL', 'JOURNAL', 'JOURNAL']);
  const { message } = await errorOf(pool.run(echo(3)));
  t.true(
    message.includes(`the journal ${path} was removed while the pool used it, and cannot be written again: `),
    message,
  );
  t.is(pool.stats.journal?.live, 0);
  t.is((await warnings()).length, 1);
  mkdirSync(folder);
  t.is(await pool.run(echo(4), { id: 'x' }), 4);
  await pool.destroy();
  t.deepEqual([await open().pool.run(echo('again'), { id: 'before' })], [1]);
});

for (const durability of ['process', 'power'] as const) {
  test(`another file in its place is left unchanged, and writes fail until the journal is back (${durability})`, async (t) => {
    const { folder, open, path, warnings } = journalOf(t);
    const { pool, ended } = open({}, durability);
    t.is(await pool.run(echo(1), { id: 'before' }), 1);
    const size = readFileSync(path).length;
    renameSync(path, join(folder, 'own'));
    writeFileSync(path, 'notes of another program\n');
    for (const attempt of [2, 3]) {
      const error = await errorOf(pool.submit(echo(attempt), { id: 'x' }));
      t.is(error.code, 'JOURNAL');
      t.true(error.message.startsWith(`the journal ${path} was replaced by another file`), error.message);
      t.regex(error.message, /put the journal's own file back/);
    }
    t.is((await warnings()).length, 1);
    t.is(readFileSync(path, 'utf8'), 'notes of another program\n');
    t.is(readFileSync(join(folder, 'own')).length, size);
    renameSync(join(folder, 'own'), path);
    t.is(await pool.run(echo(4), { id: 'x' }), 4);
    t.is(ended.length, 2);
    await pool.destroy();
    const next = open();
    t.is(next.pool.stats.journal?.recovered, 0);
    t.deepEqual(await Promise.all(['before', 'x'].map((id) => next.pool.run(echo('again'), { id }))), [1, 4]);
  });
}

test("a task that settles while another file is in the journal's place runs again at the next start", async (t) => {
  const { folder, open, path } = journalOf(t);
  const { pool } = open({ size: 0 });
  const { result } = await pool.submit(echo(1), { id: 'x' });
  const end = errorOf(result);
  renameSync(path, join(folder, 'own'));
  writeFileSync(path, '');
  pool.resize(1);
  t.regex((await end).message, /has run, but .* it runs again at the next start: .* was replaced by another file/);
  await pool.destroy();
  renameSync(join(folder, 'own'), path);
  t.is(open({ size: 0 }).pool.stats.journal?.recovered, 1);
});

test('a journal that another program changed gets no more records', async (t) => {
  for (const change of [(path: string) => appendFileSync(path, 'notes\n'), (path: string) => truncateSync(path, 9)]) {
    const { open, path, warnings } = journalOf(t);
    const { pool } = open();
    await pool.run(echo(1));
    change(path);
    const outcomes = [await errorOf(pool.submit(echo(2))), await errorOf(pool.submit(echo(3)))];
    for (const error of outcomes) {
      t.is(error.code, 'JOURNAL');
      t.regex(error.message, /was changed by another program while the pool used it.*close this pool/);
    }
    t.is((await warnings()).length, 1);
    const { length } = readFileSync(path);
    await pool.destroy();
    t.is(readFileSync(path).length, length);
  }
});

test('a listener that submits a task during the reports of a group changes none of the other reports', async (t) => {
  const { open, path } = journalOf(t);
  const { pool } = open({ size: 2 });
  let more: Promise<unknown> | undefined;
  pool.on('task', () => {
    if (more !== undefined) return;
    rmSync(path);
    pool.pause();
    more = pool.submit(echo(3, { long: 'x'.repeat(2_000_000) }), { id: 'third' });
  });
  const both = ['first', 'second'].map((id) => pool.run(echo(id), { id }));
  t.deepEqual(await Promise.all(both), ['first', 'second']);
  const { result } = (await more) as { result: Promise<unknown> };
  const end = code(result);
  await pool.destroy();
  t.is(await end, 'CANCELLED');
  t.like(open({ size: 0 }).pool.stats.journal, { recovered: 1, known: 2 });
});
