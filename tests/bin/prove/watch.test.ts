import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { bin, folderOf } from '../../support/cli.ts';
import { countedSolver } from '../../support/counted-solver.ts';

const onPosix = existsSync('/bin/sh') ? test : test.skip;
const goal = (i: number) => `(push 1)\n(assert (> ${i} 0))\n(check-sat)\n(pop 1)\n`;

onPosix('--watch proves the changed goals of a changed file, until it is interrupted', async (t) => {
  const cwd = folderOf(t, { 'a.smt2': goal(1) + goal(2), 'b.smt2': goal(3) });
  const solver = countedSolver(join(cwd, 'bin'), 'mine');
  const child = spawn(
    process.execPath,
    [bin, 'prove', '--watch', '--json', '--engine', solver.engine, 'a.smt2', 'b.smt2'],
    { cwd },
  );
  t.teardown(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  const notes = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  for (let i = 0; i < 3; i++) t.is((await next()).verdict, 'unsat');
  t.like(await next(), { type: 'summary', goals: 3 });
  t.is((await notes.next()).value, 'statepool: watching 2 files');
  writeFileSync(join(cwd, 'a.smt2'), goal(1) + goal(4));
  t.like(await next(), { file: 'a.smt2', index: 0, cached: true });
  const { cached } = await next();
  t.is(cached, undefined);
  t.like(await next(), { type: 'summary', goals: 2 });
  t.is(solver.checks(), 4);
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  t.is(code, 130);
});
