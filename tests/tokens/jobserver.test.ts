import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { createPool, UsageError } from 'statepool';
import { jobserver } from 'statepool/tokens';
import { type Ended, ended, folderOf } from '../support/cli.ts';
import { logFor, mostIn, running, testWith } from '../support/running.ts';

const program = fileURLToPath(new URL('../fixtures/scripts/under-make.js', import.meta.url));

/** Runs make over some recipes at once; each is a rule of its own. */
function make(t: ExecutionContext, jobs: number, recipes: readonly string[]): Promise<Ended> {
  const names = recipes.map((_, i) => `part-${i}`);
  const rules = recipes.map((recipe, i) => `part-${i}: ; ${recipe}\n`);
  const cwd = folderOf(t, { Makefile: `all: ${names.join(' ')}\n${rules.join('')}` });
  const { MAKEFLAGS: _, MFLAGS: __, MAKELEVEL: ___, ...env } = process.env;
  return ended(spawn('make', [`-j${jobs}`, '-s'], { cwd, env }));
}

const under = (log: string, tasks: number, meet = 0, what = '') =>
  `+${process.execPath} ${program} ${log} ${tasks} ${meet} ${what}`;

for (const jobs of [2, 3]) {
  testWith('make')(
    `under make -j${jobs}, never more than ${jobs} tasks of two programs and make's own jobs run at once`,
    async (t) => {
      t.timeout(60_000);
      const log = logFor(t);
      // A job of make's own, which counts as the workers do.
      const own = `@echo "+ $$$$/0" >> ${log}; cat ${log} > /dev/null; echo "- $$$$/0" >> ${log}`;
      const { code, stdout, stderr } = await make(t, jobs, [under(log, 20, jobs), own, under(log, 20, jobs), own, own]);
      t.is(stderr, '');
      t.is(code, 0);
      t.deepEqual(stdout.trim().split('\n'), Array(2).fill('20 done with a jobserver'));
      t.is(mostIn(log), jobs);
      t.log(`make -j${jobs}: never more than ${mostIn(log)} at once`);
    },
  );
}

testWith('make')('a worker that is killed, and a program that exits, give their slots back to make', async (t) => {
  t.timeout(60_000);
  const log = logFor(t);
  const { code, stdout, stderr } = await make(t, 3, [under(log, 8, 0, 'kill'), under(log, 8, 0, 'exit')]);
  // make itself says when slots are lost.
  t.is(stderr, '');
  t.is(code, 0);
  // The workers of a program that exits end a moment after it, so that the tasks are not counted here.
  t.deepEqual(stdout.trim().split('\n').sort(), ['7 done with a jobserver', '8 done with a jobserver']);
});

testWith('make')('a worker that is killed holds its slot until it has exited', async (t) => {
  t.timeout(60_000);
  const log = logFor(t);
  const { code, stdout, stderr } = await make(t, 3, [under(log, 8, 0, 'kill'), under(log, 8, 0, 'kill')]);
  t.is(stderr, '');
  t.is(code, 0);
  t.deepEqual(stdout.trim().split('\n'), Array(2).fill('7 done with a jobserver'));
  t.true(mostIn(log) <= 3);
});

testWith('make')('a recipe without a plus runs without a budget, with a warning that names the remedy', async (t) => {
  const { code, stdout, stderr } = await make(t, 2, [under(logFor(t), 3).slice(1), '@true']);
  t.is(code, 0);
  t.is(stdout, '3 done without a jobserver\n');
  t.regex(
    stderr,
    /STATEPOOL_TOKENS.*make does not share its jobserver '\d+,\d+': put \+ before the command of the recipe/,
  );
});

testWith('sh')('a pipe that the program does not have from its parent is no jobserver', async (t) => {
  t.timeout(60_000);
  // The shell keeps no end of the pipe between its two commands.
  const command = `: | ${process.execPath} ${program} ${logFor(t)} 3`;
  const env = { ...process.env, MAKEFLAGS: ' -j3 --jobserver-auth=0,0' };
  const { code, stdout, stderr } = await ended(spawn('sh', ['-c', command], { env }));
  t.is(stdout, '3 done without a jobserver\n');
  t.is(code, 0);
  t.regex(stderr, /make does not share its jobserver '0,0'/);
});

testWith('make')('a make that a worker runs looks for no jobserver, and runs one job at a time', async (t) => {
  const { stdout, stderr } = await make(t, 2, [under(logFor(t), 1, 0, 'flags'), '@true']);
  const [line = '', done] = stdout.trim().split('\n');
  t.is(stderr, '');
  t.is(done, '1 done with a jobserver');
  // Later versions of make have a fifo, which any program may open.
  if (line !== 'undefined') t.notRegex((JSON.parse(line) as { MAKEFLAGS: string }).MAKEFLAGS, /jobserver|-j/);
});

/** Makes the jobserver of a make with so many job slots: a fifo with a byte for each slot but one. */
function fifoOf(t: ExecutionContext, slots: number): { env: { MAKEFLAGS: string }; left: () => number } {
  const path = join(dirname(logFor(t)), 'fifo');
  execFileSync('mkfifo', [path]);
  const file = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  t.teardown(() => closeSync(file));
  writeSync(file, '+'.repeat(slots - 1));
  const left = () => {
    const bytes = Buffer.alloc(100);
    let n = 0;
    try {
      n = readSync(file, bytes);
      t.is(String(bytes.subarray(0, n)), '+'.repeat(n));
      writeSync(file, bytes.subarray(0, n));
    } catch (error) {
      t.is((error as NodeJS.ErrnoException).code, 'EAGAIN');
    }
    return n;
  };
  return { env: { MAKEFLAGS: ` -j${slots} --jobserver-auth=3,4 --jobserver-auth=fifo:${path}` }, left };
}

testWith('mkfifo')('a fifo of make has its bytes back when a pool has nothing to do', async (t) => {
  const { env, left } = fifoOf(t, 3);
  const log = logFor(t);
  const tokens = jobserver(env);
  t.is(jobserver(env), tokens, 'the slot of the program is one');
  await using pool = createPool(running, { size: 5, tokens, execArgv: [] });
  await Promise.all(Array.from({ length: 30 }, (_, i) => pool.run({ log, ...(i < 3 ? { meet: 3 } : {}) })));
  await pool.join();
  t.is(mostIn(log), 3);
  t.is(left(), 2);
  const results = Array.from({ length: 3 }, () => pool.run({ log, work: 2 ** 30 }).catch(() => {}));
  await new Promise<void>((resolve) => {
    const check = () =>
      void (readFileSync(log, 'utf8').match(/^\+/gm)?.length === 33 ? resolve() : setImmediate(check));
    check();
  });
  t.is(left(), 0);
  pool.cancelAll();
  await Promise.all(results);
  await pool.destroy();
  t.is(left(), 2);
  await tokens?.close();
});

testWith('mkfifo')('the close of a jobserver gives back the slots that are held', async (t) => {
  const { env, left } = fifoOf(t, 4);
  const tokens = jobserver(env);
  let granted = 0;
  await new Promise<void>((resolve) => {
    tokens?.ask(3, 'low', (n) => {
      granted += n;
      if (granted === 3) resolve();
    });
  });
  t.is(left(), 1);
  await tokens?.close();
  t.is(left(), 3);
  t.not(jobserver(env), tokens);
  await jobserver(env)?.close();
});

test('outside of make, and of a make without jobs, there is no budget', (t) => {
  for (const MAKEFLAGS of [undefined, '', 'w', ' -j1', '-- X=1']) t.is(jobserver({ MAKEFLAGS }), undefined);
});

test('with STATEPOOL_TOKENS=strict a jobserver that is not shared is a mistake', (t) => {
  for (const address of ['3,4', '-2,-2', 'fifo:/no/such/fifo', 'gmake_semaphore_1'])
    t.throws(() => jobserver({ MAKEFLAGS: ` -j2 --jobserver-auth=${address}`, STATEPOOL_TOKENS: 'strict' }), {
      instanceOf: UsageError,
      message:
        /^make does not share its jobserver '.*': put \+ before the command of the recipe, or unset STATEPOOL_TOKENS$/,
    });
});
