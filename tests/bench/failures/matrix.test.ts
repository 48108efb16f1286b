import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { root } from '../../support/sources.ts';

/** The longest run of a few rows, in ms. A longer run hangs. */
const LIMIT = 90_000;

/**
 * The patience of a row, in ms: long, because the machine is busy with other tests. A passing row never waits so long.
 */
const PATIENCE = '20000';

interface Run {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the matrix with some flags. */
function matrix(t: ExecutionContext, ...flags: string[]): Promise<Run> {
  t.timeout(LIMIT);
  return new Promise((resolve) => {
    const options = { cwd: root, timeout: LIMIT, encoding: 'utf8' } as const;
    execFile(process.execPath, ['bench/failures/run.js', ...flags], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? 'killed'), stdout, stderr });
    });
  });
}

test('both hosts of the package do what the matrix expects of each row', async (t) => {
  const rows = 'exit,kill,response,error,abort,after-close,idle-exit,false-timers,mocked-timers,destroy-callback';
  const flags = ['--subject', 'statepool', '--only', rows, '--patience', PATIENCE];
  const { code, stdout } = await matrix(t, ...flags);
  t.is(code, 0, stdout);
  t.regex(stdout, /\+ statepool process +A rejects \(WORKER_DIED\); B, C, D done/);
  t.regex(stdout, /- statepool thread +not for threads/);
  t.regex(stdout, /statepool: 19 of 19 as expected/);
});

test('a task that does not settle in time is a hang, and fails the matrix', async (t) => {
  const { code, stdout } = await matrix(t, '--subject', 'statepool thread', '--only', 'exit', '--patience', '1');
  t.is(code, 1);
  // A may be answered within a millisecond; the others need another worker.
  t.regex(stdout, /x statepool thread .*B, C, D hang/);
  t.regex(stdout, /FAILS: statepool thread: `process\.exit\(\)` in the task: (?:A hangs; )?B hangs; C hangs; D hangs/);
});

test('--help lists the flags', async (t) => {
  const { code, stdout } = await matrix(t, '--help');
  t.is(code, 0);
  for (const flag of ['--only', '--subject', '--patience', '--jobs', '--list', '--write'])
    t.true(stdout.includes(flag));
});

test('wrong flags are refused, each with the legal values', async (t) => {
  for (const [flags, message] of [
    [['--only', 'nonsense'], /there is no row nonsense; there are: exit, kill,/],
    [['--subject', 'nobody'], /there is no subject nobody; there are: statepool process,/],
    [['--patience', 'long'], /--patience is long: it must be a whole number of at least 1/],
    [['--write', '--only', 'exit'], /--write is for the whole matrix/],
    [['--nonsense'], /--nonsense/],
  ] as const) {
    const { code, stderr } = await matrix(t, ...flags);
    t.is(code, 2);
    t.regex(stderr, message);
  }
});

test('docs/failures.md has every row of the matrix, and the package does what each row expects', async (t) => {
  const page = readFileSync(join(root, 'docs/failures.md'), 'utf8');
  const { stdout } = await matrix(t, '--list');
  const names = stdout.match(/^\S+$/gm) ?? [];
  t.true(names.length > 50);
  t.deepEqual(page.match(/(?<=<a id=")[\w-]+/g), names);
  const ours = page.match(/^\| statepool .*$/gm) ?? [];
  t.true(ours.length > names.length);
  t.deepEqual(
    ours.filter((line) => !/^\| statepool (process|thread) +\| ✓ +\|/.test(line)),
    [],
  );
});
