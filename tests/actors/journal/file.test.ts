import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createPool } from 'statepool';
import { lineOf, settledRecord, submittedRecord } from '../../../actors/journal/records.ts';
import { replay } from '../../../actors/journal/replay.ts';
import { folderOf } from '../../support/cli.ts';
import { echo, jobs } from '../../support/jobs.ts';
import { codes } from '../../support/outcome.ts';

function open(t: ExecutionContext, journal: string, size = 0) {
  const pool = createPool(jobs(), { host: 'inline', size, journal });
  t.teardown(() => pool.destroy());
  return pool;
}

/** Makes a journal with three tasks that wait. */
async function written(t: ExecutionContext): Promise<string> {
  const path = join(folderOf(t, {}), 'journal');
  const pool = open(t, path);
  for (const value of ['first', 'second', 'third']) await pool.submit(echo(value));
  await pool.destroy();
  return path;
}

test('an incomplete record at the end of the file is cut off, and the rest is used', async (t) => {
  const path = await written(t);
  const whole = readFileSync(path);
  for (const torn of ['[', '[123,"s",4,{"do":"ec', '\0\0\0']) {
    appendFileSync(path, torn);
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const pool = open(t, path);
    t.is(pool.stats.journal?.recovered, 3);
    t.regex((await warned).message, new RegExp(`its process ended while it wrote the last ${torn.length} bytes`));
    await pool.destroy();
    t.deepEqual(readFileSync(path), whole);
  }
});

test('a changed line is reported with its place, and the file is left unchanged', async (t) => {
  const path = await written(t);
  const text = readFileSync(path, 'utf8');
  const at = text.indexOf('second');
  const line = text.lastIndexOf('\n', at) + 1;
  for (const broken of [
    text.replace('second', 'sEcond'),
    text.replace('"s",2', '"x",2'),
    `${text.slice(0, line)}nonsense\n${text.slice(line)}`,
    `${text.slice(0, line)}\n${text.slice(line)}`,
    `${text.slice(0, at)}${'\0'.repeat(6)}${text.slice(at + 6)}`,
  ]) {
    writeFileSync(path, broken);
    const error = t.throws(() => open(t, path), { code: 'JOURNAL_CORRUPT' });
    t.true(error.message.includes(`line 3 of the journal ${path}, at byte ${line}, cannot be used`), error.message);
    t.is(readFileSync(path, 'utf8'), broken);
    t.false(existsSync(`${path}.lock`));
  }
});

test('a file that is not a journal is left unchanged', (t) => {
  const kinds = `${JSON.stringify({ journal: 'statepool', version: 1, kind: 'other' })}\n`;
  const versions = `${JSON.stringify({ journal: 'statepool', version: 9, kind: 'jobs' })}\n`;
  const folder = folderOf(t, { notes: 'my notes', lines: 'my\nnotes\n', kinds, versions });
  for (const [name, message] of [
    ['notes', /line 1 .*not a journal of statepool/],
    ['lines', /line 1 .*not a journal of statepool/],
    ['kinds', /tasks of the kind other, not of/],
    ['versions', /version 9/],
  ] as const) {
    const before = readFileSync(join(folder, name), 'utf8');
    t.throws(() => open(t, join(folder, name)), { code: 'JOURNAL_CORRUPT', message });
    t.is(readFileSync(join(folder, name), 'utf8'), before);
  }
});

test('a path that cannot be a journal is refused with a remedy', (t) => {
  const folder = folderOf(t, {});
  mkdirSync(join(folder, 'sub'));
  for (const [path, message] of [
    [join(folder, 'sub'), /it is a folder: name a file in it/],
    [join(folder, 'none', 'journal'), /its folder does not exist: create it \(ENOENT\)/],
    ['/dev/full', /is not a file/],
  ] as const) {
    t.throws(() => open(t, path), { code: 'JOURNAL', message });
  }
});

test('one pool at a time holds a journal; the journal of a dead process is taken over', async (t) => {
  const path = await written(t);
  const first = open(t, path);
  t.throws(() => open(t, path), { code: 'JOURNAL_LOCKED', message: /in use by another pool of this process/ });
  await first.destroy();
  t.false(existsSync(`${path}.lock`));
  for (const owner of [
    { pid: 2 ** 22 + 1, nonce: 'x' },
    { pid: process.pid, begun: '1', nonce: 'x' },
  ]) {
    writeFileSync(`${path}.lock`, JSON.stringify(owner));
    await open(t, path).destroy();
  }
  writeFileSync(`${path}.lock`, JSON.stringify({ pid: process.ppid, nonce: 'x' }));
  t.throws(() => open(t, path), { code: 'JOURNAL_LOCKED', message: new RegExp(`by the process ${process.ppid}`) });
});

test('tasks continue in the order in which they were accepted', async (t) => {
  const path = await written(t);
  const pool = open(t, path, 1);
  const results: unknown[] = [];
  pool.on('task', ({ result }) => results.push(result));
  t.deepEqual(await codes([pool.join()]), ['done']);
  t.deepEqual(results, ['first', 'second', 'third']);
});

test('a journal of version 1 is read, and becomes one of this version before anything is added', async (t) => {
  const head = '{"journal":"statepool","version":1,"kind":"jobs"}\n';
  const lines = [
    lineOf(submittedRecord('settled', '{"do":"echo","value":1}')),
    lineOf(submittedRecord(4, '{"do":"echo","value":"old"}')),
    lineOf(
      settledRecord('settled', '{"result":8}', [
        { id: 5, body: '{"do":"echo","value":"follow-up"},{"followUp":true}' },
      ]),
    ),
  ];
  for (const content of [head + lines.join(''), (head + lines.join('')).trimEnd()]) {
    const path = join(folderOf(t, { journal: content }), 'journal');
    const first = open(t, path);
    t.like(first.stats.journal, { recovered: 2, known: 1 });
    t.regex(readFileSync(path, 'utf8'), /^\{"journal":"statepool","version":2,"kind":"jobs"\}\n/);
    await first.submit(echo('new'));
    t.is(await first.run(echo('again'), { id: 'settled' }), 8);
    await first.destroy();
    const next = open(t, path, 1);
    const results: unknown[] = [];
    next.on('task', ({ result }) => results.push(result));
    await next.join();
    t.deepEqual(results, ['old', 'follow-up', 'new']);
  }
  // A program that was killed in its first write may leave a part of the first line.
  const path = join(folderOf(t, { journal: head.slice(0, 30) }), 'journal');
  t.is(open(t, path).stats.journal?.recovered, 0);
});

test('records that come together share one line, and are found or lost together', async (t) => {
  const path = join(folderOf(t, {}), 'journal');
  const pool = open(t, path);
  await Promise.all(['a', 'b', 'c'].map((value) => pool.submit(echo(value))));
  await pool.destroy();
  const bytes = readFileSync(path);
  t.is(bytes.toString().split('\n').length, 3);
  const line = bytes.indexOf('\n') + 1;
  for (let size = line; size <= bytes.length; size++) {
    const { pending } = replay(bytes.subarray(0, size), path, 'jobs');
    t.is(pending.size, size < bytes.length - 1 ? 0 : 3, String(size));
  }
});
