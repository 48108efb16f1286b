import { spawn } from 'node:child_process';
import { startWorkManager, workManager } from 'statepool/tokens';
import { ended, folderOf } from '../support/cli.ts';
import { hold, jobs } from '../support/jobs.ts';
import { listenTo } from '../support/managers.ts';
import { opener } from '../support/pool.ts';
import { testWith } from '../support/running.ts';
import { Notes } from '../support/witness.ts';

/** Proofs that take some time, which Coq gives to workers. */
const proofs = Array.from(
  { length: 3 },
  (_, i) => `Lemma l${i} : forall a b : nat, a + b = b + a.
Proof. do 30 (assert (forall x y z : nat, (x + y) * z = x * z + y * z) by (intros; lia)). intros; lia. Qed.`,
);

testWith('coqc')("a pool shares the slots of our work manager with Coq's own workers", async (t) => {
  t.timeout(120_000);
  const manager = await startWorkManager(2);
  t.teardown(() => manager.close());
  const pool = opener(t, 'process')(jobs(), { size: 2, tokens: workManager(manager.env) });
  const notes = new Notes(pool);
  const held = [pool.run(hold('a')), pool.run(hold('b'))];
  await Promise.all([notes.begun('a'), notes.begun('b')]);
  t.is(manager.held, 2);

  const { address, lines } = await listenTo(t, Number(manager.env.COQWORKMGR_SOCK.split(':')[1]));
  const cwd = folderOf(t, { 'x.v': `Require Import Lia.\n${proofs.join('\n')}\n` });
  const args = ['-async-proofs', 'on', '-async-proofs-j', '2', '-async-proofs-delegation-threshold', '0', 'x.v'];
  // This version reads only the older name.
  const coqc = ended(spawn('coqc', args, { cwd, env: { ...process.env, COQWORKMGR_SOCK: address } }));
  await lines.until((line) => line === 'GET 1');
  // Coq waits: the pool has both slots.
  t.false(lines.all.some((line) => line.startsWith('TOKENS')));
  pool.forwardFeedback({ open: 'a' });
  await held[0];
  await lines.until((line) => line === 'TOKENS 1');
  t.is(manager.held, 2);
  pool.forwardFeedback({ open: 'b' });
  await held[1];
  const { code, stderr } = await coqc;
  t.is(stderr, '');
  t.is(code, 0);
  const count = (text: string) => lines.all.filter((line) => line === text).length;
  t.true(count('TOKENS 1') >= proofs.length);
  t.is(count('TOKENS 1'), count('GIVEBACK 1'));
  await pool.join();
  t.log(`Coq was granted ${count('TOKENS 1')} slots, and gave back ${count('GIVEBACK 1')}; ${manager.held} are held`);
  await pool.destroy();
});
