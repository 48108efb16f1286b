import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { untilSaid } from '../support/cli.ts';
import { rocqFolder, standIn, withRocq } from '../support/rocq.ts';
import { root } from '../support/sources.ts';

const { NODE_OPTIONS: _, ...env } = process.env;

/** Checks a file in the terminal program, edits the file, and asks for goals. The standard input stays open meanwhile. */
async function edit(t: ExecutionContext, wrong: string, right: string, goal: RegExp, ...more: string[]): Promise<void> {
  const path = join(rocqFolder(t, { 'x.v': wrong }), 'x.v');
  const args = ['--import=tsx', 'examples/rocq-session.ts', path, ...more];
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const end = once(child, 'close');
  const said = untilSaid(child);
  t.regex(await said('2 of 2 proofs run, 1 errors'), /ok a \(line 1\)[\s\S]*line 2: /);
  writeFileSync(path, right);
  await said('1 of 2 proofs run, 0 errors');
  child.stdin.write('goals 2\n');
  t.regex(await said('1 goals'), goal);
  child.stdin.write('quit\n');
  t.deepEqual(await end, [0, null]);
}

test('the terminal program checks a file while it is edited, on the stand-in', async (t) => {
  const first = 'Lemma a : x. ok. Qed.\n';
  await edit(t, `${first}Lemma b : x. fail. Qed.\n`, `${first}Lemma b : x.\nok. Qed.\n`, /\|- Lemma b : x\./, standIn);
});

withRocq('the terminal program checks a file while it is edited, on a real engine', async (t) => {
  const first = 'Lemma a : True. Proof. exact I. Qed.\n';
  const right = `${first}Lemma b : 1 = 1.\nProof. reflexivity. Qed.\n`;
  await edit(t, `${first}Lemma b : 1 = 2. Proof. reflexivity. Qed.\n`, right, /\|- 1 = 1/);
});
