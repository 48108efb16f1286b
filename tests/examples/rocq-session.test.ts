import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ended } from '../support/cli.ts';
import { rocqFolder, standIn } from '../support/rocq.ts';
import { root } from '../support/sources.ts';

const right = 'Lemma a : x. ok. Qed.\n';

test('the terminal program checks a file when an editor writes it, and shows goals', async (t) => {
  const cwd = rocqFolder(t, { 'x.v': `${right}Lemma b : x. ok. fail. Qed.\n` });
  const file = join(cwd, 'x.v');
  const program = join(root, 'examples/rocq-session.ts');
  const child = spawn(process.execPath, ['--import=tsx', program, file, standIn], { cwd: root });
  const end = ended(child);
  let seen = '';
  let onMore = (): void => {};
  child.stdout.on('data', (piece) => {
    seen += String(piece);
    onMore();
  });
  const until = async (text: string): Promise<void> => {
    while (!seen.includes(text)) {
      await new Promise<void>((more) => {
        onMore = more;
      });
    }
  };
  await until('2 of 2 proofs run, 1 errors');
  t.regex(seen, /ok a \(line 1\)[\s\S]*line 2: It failed\./);
  child.stdin.write('goals 1\ngoals 2\n');
  await until('no open proof');
  writeFileSync(file, `${right}Lemma b : x. ok. ok. Qed.\n`);
  await until('1 of 2 proofs run, 0 errors');
  child.stdin.write('quit\n');
  t.is((await end).code, 0);
});
