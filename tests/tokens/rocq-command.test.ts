import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startWorkManager } from 'statepool/tokens';
import { bin, ended, folderOf } from '../support/cli.ts';
import { listenTo } from '../support/managers.ts';
import { standIn } from '../support/rocq.ts';
import { testWith } from '../support/running.ts';

const lemma = (name: string): string => `Lemma ${name} : x. ok. (* ${'-'.repeat(7000)} *) Qed.\n`;
// Each program checks for so long that it meets the others, even if it starts later.
const LEMMAS = 24;
const text = Array.from({ length: LEMMAS }, (_, i) => lemma(`l${i}`)).join('');

testWith('make')('two sessions and a make -j share the processors of a work manager', async (t) => {
  t.timeout(300_000);
  const manager = await startWorkManager(2);
  t.teardown(() => manager.close());
  const { address, lines } = await listenTo(t, Number(manager.env.COQWORKMGR_SOCK.split(':')[1]));
  const command = `${process.execPath} ${bin} rocq --no-cache --json --coq ${standIn} -j 2`;
  const cwd = folderOf(t, {
    'x.v': text,
    'y.v': text,
    'z.v': text,
    'w.v': text,
    Makefile: `all: z w\nz w: ; ${command} $@.v\n`,
  });
  const env = { ...process.env, COQWORKMGR_SOCK: address };
  const [program = '', ...args] = command.split(' ');
  const ends = await Promise.all([
    ended(spawn(program, [...args, 'x.v'], { cwd, env })),
    ended(spawn(program, [...args, join(cwd, 'y.v')], { cwd, env })),
    ended(spawn('make', ['-s', '-j', '4'], { cwd, env })),
  ]);
  for (const { code, stdout, stderr } of ends) t.is(code, 0, stdout + stderr);
  const summaries = ends.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line.includes('"summary"')));
  t.deepEqual(
    summaries.map((line) => JSON.parse(line).ok),
    [LEMMAS, LEMMAS, LEMMAS, LEMMAS],
  );
  let held = 0;
  let most = 0;
  for (const line of lines.all) {
    const [, what, n] = /^(TOKENS|GIVEBACK) (\d+)$/.exec(line) ?? [];
    if (what !== undefined) held += what === 'TOKENS' ? Number(n) : -Number(n);
    most = Math.max(most, held);
  }
  t.is(lines.all.filter((line) => line.startsWith('HELLO')).length, 4);
  t.deepEqual([most, held, manager.held], [2, 0, 0]);
});
