import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs, { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { uniqueId } from '../../../actors/platform/platform.ts';
import { echo } from '../../support/jobs.ts';
import { journalOf } from '../../support/journal.ts';

const holder = new URL('../../fixtures/journal-holder.js', import.meta.url).pathname;

/** The pid of a process that does not exist. */
const GONE = 2 ** 22 + 1;

/** Returns the lock of an open pool, as written. */
async function lockOf({ open, path }: ReturnType<typeof journalOf>): Promise<Record<string, unknown>> {
  const { pool } = open({ size: 0 });
  const owner = JSON.parse(readFileSync(`${path}.lock`, 'utf8'));
  await pool.submit(echo('task'));
  await pool.destroy();
  return owner;
}

/** Replaces a function of node:fs while `act` runs. Nothing else runs meanwhile. */
function instead<Name extends 'linkSync' | 'fsyncSync'>(name: Name, other: (typeof fs)[Name], act: () => void): void {
  const own = fs[name];
  fs[name] = other;
  syncBuiltinESMExports();
  try {
    act();
  } finally {
    fs[name] = own;
    syncBuiltinESMExports();
  }
}

test('a lock of another host or pid namespace is refused, whether or not its process exists here', async (t) => {
  const journal = journalOf(t);
  const own = await lockOf(journal);
  for (const pid of [GONE, process.pid]) {
    for (const other of [
      { host: 'other', boot: 'another', machine: 'another' },
      { host: 'other', boot: 'another' },
      { machine: 'another', boot: 'another' },
      { host: 'other', boot: undefined },
      { namespace: 'pid:[1]' },
      { namespace: undefined },
    ]) {
      const text = JSON.stringify({ ...own, pid, ...other });
      writeFileSync(`${journal.path}.lock`, text);
      const { message } = t.throws(() => journal.open(), { code: 'JOURNAL_LOCKED' });
      const { host, namespace = 'of this host' } = JSON.parse(text);
      t.true(message.includes(`by the process ${pid} on the host ${host} (pid namespace ${namespace})`), message);
      t.true(message.includes(`remove ${journal.path}.lock when that process is gone`), message);
      t.is(readFileSync(`${journal.path}.lock`, 'utf8'), text);
    }
  }
});

test('a lock is taken over if its process is gone, or if it is from an earlier boot of this machine', async (t) => {
  const journal = journalOf(t);
  const own = await lockOf(journal);
  for (const other of [
    { pid: GONE },
    { begun: '1' },
    { boot: 'an earlier one' },
    { boot: 'x', namespace: 'pid:[1]' },
  ]) {
    writeFileSync(`${journal.path}.lock`, JSON.stringify({ ...own, ...other }));
    const { pool } = journal.open({ size: 0 });
    t.is(pool.stats.journal?.recovered, 1);
    await pool.destroy();
    t.false(existsSync(`${journal.path}.lock`));
  }
  // A renamed container is the same run of the same system.
  writeFileSync(`${journal.path}.lock`, JSON.stringify({ ...own, host: 'renamed' }));
  t.throws(() => journal.open(), { code: 'JOURNAL_LOCKED', message: /another pool of this process/ });
});

test('the process decides about a lock of an earlier version', async (t) => {
  const journal = journalOf(t);
  const { pid, begun, nonce } = await lockOf(journal);
  writeFileSync(`${journal.path}.lock`, JSON.stringify({ pid, begun, nonce }));
  t.throws(() => journal.open(), { code: 'JOURNAL_LOCKED', message: /another pool of this process/ });
  writeFileSync(`${journal.path}.lock`, JSON.stringify({ pid: GONE, begun, nonce }));
  t.is(journal.open({ size: 0 }).pool.stats.journal?.recovered, 1);
});

const isolated = ['-pf', '--mount-proc', process.execPath, holder];

/** Skipped if this user may not make pid namespaces. */
const inNamespaces = spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status === 0 ? test : test.skip;

inNamespaces('of two programs that cannot see each other, as in two containers, only one gets a journal', async (t) => {
  const { path } = journalOf(t);
  const first = spawn('unshare', [...isolated, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => void first.stdin.end());
  t.is(await lineOf(first), 'opened');
  const second = execFileSync('unshare', [...isolated, path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.regex(
    second,
    /^JOURNAL_LOCKED .* by the process \d+ on the host .*pid namespace pid:\[\d+\].* remove .*\.lock when/,
  );
  first.stdin.end();
  await once(first, 'close');
  const third = spawn('unshare', [...isolated, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.is(await lineOf(third), 'opened');
  third.stdin.end();
  await once(third, 'close');
});

async function lineOf({ stdout }: ChildProcess): Promise<string> {
  const [line] = await once(createInterface({ input: stdout as NodeJS.ReadableStream }), 'line');
  return line;
}

test('a lock path that holds no lock is refused and left unchanged', async (t) => {
  const journal = journalOf(t);
  await lockOf(journal);
  const lock = `${journal.path}.lock`;
  for (const [make, what] of [
    [() => mkdirSync(lock), /it is a folder: move it away/],
    [() => symlinkSync('/nowhere/at/all', lock), /it is a link: move it away/],
    [() => symlinkSync(lock, lock), /it is a link: move it away/],
    [() => execFileSync('mkfifo', [lock]), /it is not a file: move it away/],
    [() => writeFileSync(lock, 'the lock of another program'), /is not a lock of a journal/],
    [() => writeFileSync(lock, '{"pid":-1}'), /is not a lock of a journal/],
    [() => writeFileSync(lock, '[]'), /is not a lock of a journal/],
    [() => writeFileSync(lock, Buffer.alloc(100_000)), /it is too large/],
  ] as const) {
    make();
    const before = fs.lstatSync(lock).ino;
    const { message } = t.throws(() => journal.open(), { code: 'JOURNAL', message: what });
    t.true(message.startsWith(`the journal ${journal.path} cannot be locked: ${lock} `), message);
    t.is(fs.lstatSync(lock).ino, before);
    rmSync(lock, { recursive: true });
  }
  t.deepEqual(readdirSync(journal.folder), ['journal']);
  // The parts of a lock that a machine may have written before its power failed.
  for (const text of ['', '\0\0\0', '{"pid":12,"begu', '{"pid":12\0\0']) {
    writeFileSync(lock, text);
    const { pool } = journal.open({ size: 0 });
    t.is(pool.stats.journal?.recovered, 1);
    await pool.destroy();
  }
});

test('the attempts for a lock that changes owners are limited', async (t) => {
  const journal = journalOf(t);
  await lockOf(journal);
  let tries = 0;
  const refuse = () => {
    tries++;
    throw Object.assign(new Error('it is there'), { code: 'EEXIST' });
  };
  instead('linkSync', refuse, () =>
    t.throws(() => journal.open(), {
      code: 'JOURNAL_LOCKED',
      message: /other processes took the lock \d+ times: try again/,
    }),
  );
  t.true(tries <= 1000);
  t.deepEqual(readdirSync(journal.folder), ['journal']);
});

test('a journal that its former owner just compacted is read in its new form', async (t) => {
  const journal = journalOf(t);
  await lockOf(journal);
  const { pool } = journal.open();
  await pool.join();
  await pool.destroy();
  const settled = readFileSync(journal.path);
  // The journal before the compaction, with its task still unsettled.
  writeFileSync(journal.path, settled.subarray(0, settled.lastIndexOf('\n', settled.length - 2) + 1));
  const { linkSync } = fs;
  const compactFirst: typeof linkSync = (from, to) => {
    writeFileSync(`${journal.path}.other`, settled);
    fs.renameSync(`${journal.path}.other`, journal.path);
    linkSync(from, to);
  };
  instead('linkSync', compactFirst, () => {
    const next = journal.open({ size: 0 });
    t.is(next.pool.stats.journal?.recovered, 0);
    t.is(next.pool.stats.journal?.bytes, settled.length);
  });
});

test('drafts that dead processes left beside a journal are removed, and nothing else', async (t) => {
  const journal = journalOf(t);
  const own = await lockOf(journal);
  const left = [`journal.new.${uniqueId()}`, `journal.lock.${uniqueId()}`];
  const kept = ['journal.new', 'journal.new.txt', `journal.old.${uniqueId()}`, `other.new.${uniqueId()}`];
  const living = `journal.lock.${uniqueId()}`;
  for (const name of [...left, ...kept])
    writeFileSync(join(journal.folder, name), JSON.stringify({ ...own, pid: GONE }));
  writeFileSync(join(journal.folder, living), JSON.stringify(own));
  await journal.open({ size: 0 }).pool.destroy();
  t.deepEqual(readdirSync(journal.folder).sort(), ['journal', living, ...kept].sort());
});

test('a draft of the journal overwrites no file, and follows no link', async (t) => {
  const journal = journalOf(t);
  writeFileSync(join(journal.folder, 'precious'), 'notes');
  symlinkSync('precious', `${journal.path}.new`);
  const { pool } = journal.open();
  const long = 'x'.repeat(600_000);
  for (let i = 0; i < 4; i++) await pool.run(echo(i, { long }));
  t.true((pool.stats.journal?.bytes ?? 0) < 2_000_000);
  await pool.destroy();
  t.is(readFileSync(join(journal.folder, 'precious'), 'utf8'), 'notes');
  t.deepEqual(readdirSync(journal.folder).sort(), ['journal', 'journal.new', 'precious']);
});

test('a lock that cannot be removed is a warning, and the pool ends normally', async (t) => {
  const journal = journalOf(t);
  const { pool } = journal.open();
  rmSync(`${journal.path}.lock`);
  mkdirSync(`${journal.path}.lock`);
  await pool.run(echo(1));
  const { completed } = await pool.close();
  t.is(completed, 0);
  t.is((await journal.warnings()).length, 1);
  t.true(
    (await journal.warnings())[0]?.includes(`the journal ${journal.path} is closed, but its lock cannot be removed`),
  );
});

test("with the durability 'power', the name of an opened journal is on disk too, or the journal is refused", (t) => {
  for (const durability of ['process', 'power'] as const) {
    const journal = journalOf(t);
    const { fsyncSync } = fs;
    const synced: number[] = [];
    const note = (fd: number) => {
      synced.push(fs.fstatSync(fd).ino);
      fsyncSync(fd);
    };
    instead('fsyncSync', note, () => journal.open({ size: 0 }, durability));
    t.deepEqual(synced, durability === 'power' ? [fs.statSync(journal.folder).ino] : []);
  }
  const journal = journalOf(t);
  const fail = () => {
    throw Object.assign(new Error('i/o error'), { code: 'EIO' });
  };
  instead('fsyncSync', fail, () =>
    t.throws(() => journal.open({}, 'power'), { code: 'JOURNAL', message: /i\/o error/ }),
  );
  t.false(existsSync(`${journal.path}.lock`));
});
