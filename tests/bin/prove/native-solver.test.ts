import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bin, type Ended, ended, folderOf } from '../../support/cli.ts';
import { isAlive } from '../../support/witness.ts';

const GOAL = '(declare-const x Int)(assert (and (> x 3) (< x 2)))(check-sat)\n';

/** Answers each echo and each check, and notes its own id and its parent's. `$HANG` runs in the place of a check. */
const SOLVER = `#!/bin/sh
echo "$$ $PPID" >> "$NOTES"
while read -r line; do
  case $line in
    '(check-sat)') if [ -n "$HANG" ]; then eval "$HANG"; fi; echo unsat ;;
    '(echo "'*) line=\${line#'(echo "'}; echo "\${line%'")'}" ;;
  esac
done
`;

/** A run of `prove --engine z3` whose solver is the script above. */
interface Run {
  readonly child: ReturnType<typeof spawn>;
  readonly end: Promise<Ended>;
  /** Returns the ids of the solvers, and of their parents. */
  started(): { readonly pid: number; readonly parent: number }[];
}

function start(t: ExecutionContext, args: readonly string[], hang = '', goals = 1): Run {
  const cwd = folderOf(t, { 'goals.smt2': '', notes: '' });
  const each = `(push 1)${GOAL}(pop 1)\n`;
  writeFileSync(join(cwd, 'goals.smt2'), goals === 1 ? GOAL : each.repeat(goals));
  mkdirSync(join(cwd, 'path'));
  writeFileSync(join(cwd, 'path', 'z3'), SOLVER, { mode: 0o755 });
  const notes = join(cwd, 'notes');
  const env = { ...process.env, PATH: `${join(cwd, 'path')}:${process.env.PATH}`, NOTES: notes, HANG: hang };
  const child = spawn(
    process.execPath,
    [bin, 'prove', 'goals.smt2', '--no-cache', '--engine', 'z3', '--json', ...args],
    {
      cwd,
      env,
    },
  );
  const lines = () => readFileSync(notes, 'utf8').trim().split('\n');
  const started = () =>
    lines().map((line) => {
      const [pid = 0, parent = 0] = line.split(' ').map(Number);
      return { pid, parent };
    });
  return { child, end: ended(child), started };
}

const reportsIn = ({ stdout }: Ended) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

// A script needs a shell.
const onPosix = existsSync('/bin/sh') ? test : test.skip;

onPosix('a native solver is a child of the command, and stands for its worker in the reports', async (t) => {
  const { child, end, started } = start(t, ['--size', '1'], '', 2);
  const ending = await end;
  t.is(ending.code, 0, ending.stderr);
  const [first, second, summary] = reportsIn(ending);
  const [solver, ...others] = started();
  t.deepEqual(others, []);
  t.is(solver?.parent, child.pid);
  t.deepEqual([first.pid, second.pid], [solver?.pid, solver?.pid]);
  t.like(summary, { host: 'process', size: 1, workers: 1, pids: [solver?.pid] });
});

for (const [what, args] of [
  ['a host that the user names', ['--host', 'process']],
  ['the inspector', ['--inspect']],
] as const) {
  onPosix(`for ${what} the workers of a native solver are processes`, async (t) => {
    const { child, end, started } = start(t, ['--size', '1', ...args]);
    const ending = await end;
    t.is(ending.code, 0, ending.stderr);
    const [solver] = started();
    t.not(solver?.parent, child.pid);
    t.deepEqual(reportsIn(ending).at(-1).pids, [solver?.parent]);
  });
}

onPosix('a deadline kills a native solver that does not answer', async (t) => {
  const { child, end } = start(t, ['--deadline', '50'], 'kill -STOP $$');
  const ending = await end;
  t.is(ending.code, 1, ending.stderr);
  const [report] = reportsIn(ending);
  t.like(report, { verdict: 'unknown', reason: 'deadline' });
  t.not(report.pid, child.pid);
  t.false(isAlive(report.pid));
});

onPosix('a native solver that dies is tried once more in another process, and then the goal is an error', async (t) => {
  const { end, started } = start(t, ['--size', '1'], 'exit 3');
  const ending = await end;
  t.is(ending.code, 1, ending.stderr);
  t.like(reportsIn(ending)[0], { verdict: 'error', error: { code: 'SMT_CRASHED' } });
  t.is(started().length, 2);
});

onPosix('an interrupt ends a native solver that does not answer', async (t) => {
  const { end, started } = start(t, [], 'kill -INT $PPID; kill -STOP $$');
  const ending = await end;
  t.is(ending.code, 130);
  t.false(isAlive(started()[0]?.pid as number));
});

onPosix('the solver of a worker that has ended is gone, while other goals are still tried', async (t) => {
  // The solver that starts last answers when the first is gone.
  const hang = 'first=$(head -n 1 "$NOTES" | cut -d " " -f 1); [ "$first" = $$ ] || tail --pid="$first" -f /dev/null';
  const { end, started } = start(t, ['--size', '2', '--fresh'], hang, 2);
  t.is((await end).code, 0);
  t.is(started().length, 2);
});

onPosix('many solvers in one process are no reason for a warning', async (t) => {
  const { end, started } = start(t, ['--size', '12'], '', 48);
  const { code, stderr } = await end;
  t.is(code, 0, stderr);
  t.true(started().length > 10);
  t.is(stderr, '');
});
