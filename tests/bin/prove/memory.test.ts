import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { folderOf, statepool } from '../../support/cli.ts';
import { type CountedSolver, countedSolver } from '../../support/counted-solver.ts';

const onPosix = existsSync('/bin/sh') ? test : test.skip;
const goal = (i: number) => `(push 1)\n(assert (> ${i} 0))\n(check-sat)\n(pop 1)\n`;
const FILE = '.statepool/proofs/proofs-1.jsonl';

interface Place {
  readonly cwd: string;
  readonly solver: CountedSolver;
  /** Proves the folder `d`, and returns the number of new checks with the last report. */
  prove(...flags: string[]): Promise<{ checks: number; summary: Record<string, unknown>; stdout: string }>;
}

function placeOf(t: ExecutionContext): Place {
  const cwd = folderOf(t, {});
  const solver = countedSolver(join(cwd, 'bin'), 'mine');
  countedSolver(join(cwd, 'd'), 'unused');
  const goals = Array.from({ length: 50 }, (_, i) => goal(i)).join('');
  writeFileSync(join(cwd, 'd', 'a.smt2'), goals);
  return {
    cwd,
    solver,
    async prove(...flags) {
      const before = solver.checks();
      const run = await statepool(['prove', '--json', '--size', '1', '--engine', solver.engine, ...flags, 'd'], {
        cwd,
      });
      const lines = run.stdout.trim().split('\n');
      const summary = JSON.parse(lines.at(-1) as string);
      t.is(lines.length, 51, run.stderr);
      return { checks: solver.checks() - before, summary, stdout: run.stdout };
    },
  };
}

onPosix('a second run asks the solver nothing, and an edited goal is one question', async (t) => {
  const { cwd, prove } = placeOf(t);
  t.is((await prove()).checks, 50);
  const again = await prove();
  t.is(again.checks, 0);
  t.like(again.summary, { proved: 50, cached: 50, workers: 0 });
  const path = join(cwd, 'd', 'a.smt2');
  writeFileSync(path, `; moved by a comment\n${readFileSync(path, 'utf8').replace('(> 17 0)', '(> 170 0)')}`);
  const edited = await prove();
  t.is(edited.checks, 1);
  t.like(JSON.parse(edited.stdout.split('\n')[0] as string), { line: 4, cached: true, verdict: 'unsat' });
});

onPosix('a proof counts only for the same limits, mode and engine', async (t) => {
  const { cwd, prove } = placeOf(t);
  await prove();
  t.is((await prove('--rlimit', '7')).checks, 50);
  t.is((await prove('--timeout', '7000')).checks, 50);
  t.is((await prove('--clean')).checks, 50);
  t.is((await prove()).checks, 0);
  const program = join(cwd, 'bin', 'mine');
  writeFileSync(program, `${readFileSync(program, 'utf8')}# another version\n`);
  t.is((await prove()).checks, 50);
});

onPosix('an entry with a changed bit is not believed', async (t) => {
  const { cwd, prove } = placeOf(t);
  await prove();
  const path = join(cwd, FILE);
  const bytes = readFileSync(path);
  const lines = bytes.toString().split('\n');
  const at = bytes.indexOf('unsat', lines.slice(0, 10).join('\n').length) + 2;
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(path, bytes);
  t.is((await prove()).checks, 1);
  t.is((await prove()).checks, 0);
  const { stdout } = await statepool(['cache', 'stats'], { cwd });
  t.like(JSON.parse(stdout), { spoilt: 1 });
});

onPosix('nothing is remembered or believed with --no-cache, and cache clear forgets', async (t) => {
  const { cwd, prove } = placeOf(t);
  await prove('--no-cache');
  t.false(existsSync(join(cwd, '.statepool')));
  await prove('--cache', 'other');
  t.is((await prove('--cache', 'other')).checks, 0);
  t.is((await prove('--cache', 'other', '--no-cache')).checks, 50);
  t.is((await statepool(['cache', 'clear', '--cache', 'other'], { cwd })).code, 0);
  t.is((await prove('--cache', 'other')).checks, 50);
  t.is((await statepool(['cache', 'fill'], { cwd })).code, 2);
});

onPosix('a run that was killed keeps what it has printed', async (t) => {
  const { cwd, solver, prove } = placeOf(t);
  // The solver ends its command at the twentieth check.
  const program = join(cwd, 'bin', 'mine');
  const text = readFileSync(program, 'utf8');
  const kill = `[ $(wc -l < ${program}.checks) = 20 ] && kill -KILL $PPID`;
  writeFileSync(program, text.replace('echo unsat', `${kill}; echo unsat`));
  const flags = ['prove', '--json', '--size', '1', '--no-cache', '--engine', solver.engine, '--journal', 'j'];
  const killed = await statepool([...flags, 'd'], { cwd });
  const printed = killed.stdout.split('\n').filter(Boolean);
  t.is(printed.length, 19, killed.stderr);
  const resumed = await prove('--no-cache', '--journal', 'j', '--resume');
  t.is(resumed.checks, 31);
  t.deepEqual(resumed.stdout.split('\n').slice(0, 19), printed);
});

onPosix('a remembered proof counts only for the same options, logic, frames and questions', async (t) => {
  const { cwd, solver } = placeOf(t);
  const path = join(cwd, 'one.smt2');
  const checksOf = async (text: string) => {
    const before = solver.checks();
    writeFileSync(path, text);
    await statepool(['prove', '--engine', solver.engine, 'one.smt2'], { cwd });
    return solver.checks() - before;
  };
  const text = '(set-option :a 1)(set-logic L)(push 1)(assert (> 1 0))(check-sat)\n';
  t.is(await checksOf(text), 1);
  t.is(await checksOf(`; a comment\n${text}`), 0);
  for (const [from, to] of [
    [':a 1', ':a 2'],
    ['logic L', 'logic M'],
    ['(push 1)', '(push 2)'],
    ['(check-sat)', '(check-sat)(get-value (x))'],
  ] as const) {
    t.true((await checksOf(text.replace(from, to))) > 0, to);
  }
  t.is(await checksOf(text), 0);
});

onPosix('--resume proves a goal again whose limits are others', async (t) => {
  const { prove } = placeOf(t);
  t.is((await prove('--no-cache', '--journal', 'j')).checks, 50);
  t.is((await prove('--no-cache', '--journal', 'j', '--resume')).checks, 0);
  t.is((await prove('--no-cache', '--journal', 'j', '--resume', '--rlimit', '7')).checks, 50);
});
