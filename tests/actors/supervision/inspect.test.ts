import test from 'ava';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { opener } from '../../support/pool.ts';
import { Notes, watchWorkers } from '../../support/witness.ts';

/** Counts the verdicts that an inspector sees on their way through the workers' machines. */
function staysOf(pool: {
  actor: { system: { inspect(observer: (event: unknown) => void): { unsubscribe(): void } } };
}) {
  const seen = { stays: 0 };
  const { unsubscribe } = pool.actor.system.inspect((inspected) => {
    const { type, event } = inspected as { type: string; event?: { type: string } };
    if (type === '@xstate.microstep' && event?.type === 'stay') seen.stays++;
  });
  return { seen, unsubscribe };
}

test('an inspector of a pool sees every verdict, even if its worker goes on at once', async (t) => {
  const pool = opener(t, 'inline')(jobs());
  const { seen } = staysOf(pool);
  await Promise.all([1, 2, 3].map((value) => pool.run(echo(value))));
  await pool.join();
  t.is(seen.stays, 3);
});

test('an inspector that stops, once or twice, does not affect the others', async (t) => {
  const pool = opener(t, 'inline')(jobs());
  const { seen } = staysOf(pool);
  const other = staysOf(pool);
  other.unsubscribe();
  other.unsubscribe();
  await Promise.all([1, 2, 3].map((value) => pool.run(echo(value))));
  await pool.join();
  t.is(seen.stays, 3);
});

test('a caller that awaits a result and asks again finds the worker still busy', async (t) => {
  const pool = opener(t, 'thread')(jobs());
  await pool.ready();
  const notes = new Notes(pool);
  const seen = watchWorkers(pool);
  for (let i = 0; i < 20; i++) await pool.run(echo(i));
  const last = pool.run(hold('last'));
  await notes.begun('last');
  t.deepEqual(
    seen.all.map(({ state }) => state),
    ['busy'],
  );
  pool.forwardFeedback({ open: 'last' });
  await last;
});

test('pools of one kind share a machine, but no inspector and no task, even if a hook of one runs tasks of another', async (t) => {
  const base = jobs();
  const kind: typeof base = { ...base, requestOfTask: (...args) => ask(...args) };
  const open = opener(t, 'inline');
  const [first, second, plain] = [open(kind, { size: 1 }), open(kind, { size: 2 }), open(kind, { plans: false })];
  t.is(first.actor.logic, second.actor.logic);
  const { seen } = staysOf(second);
  const nested: Promise<unknown>[] = [];
  let depth = 0;
  const ask: typeof base.requestOfTask = (...args) => {
    if (++depth <= 60) nested.push((depth % 2 === 0 ? first : second).run(echo(depth)));
    return base.requestOfTask(...args);
  };
  for (let i = 0; i < 20; i++) {
    t.is(await first.run(echo(i)), i);
    t.is(await plain.run(echo(i)), i);
    await new Promise(setImmediate);
  }
  t.deepEqual(
    await Promise.all(nested),
    nested.map((_, i) => i + 1),
  );
  t.is(seen.stays, nested.length / 2);
});
