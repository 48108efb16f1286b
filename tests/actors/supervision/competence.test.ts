import test from 'ava';
import { createPool, type Kind, UsageError } from 'statepool';
import { echo, hold, type Job, type JobTypes, jobs } from '../../support/jobs.ts';
import { onEachHost } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

/** The worker knows the key of its last task. */
const learnsKey = (key: string): Job['verdict'] => {
  return (result) => ({ type: 'stay', competence: key, result });
};
const about = (key: string, more: Partial<Job> = {}) => echo(key, { key, verdict: learnsKey(key), ...more });
const held = (key: string, name: string) => hold(name, { about: key, verdict: learnsKey(key) });
const keyOf = ({ key, about: of }: Job) => (of ?? key) as string | undefined;

const strict = () =>
  jobs({ taskMatch: (status, task) => status.type === 'fresh' || status.competence === keyOf(task) });
const keyed = (mode: 'require' | 'prefer') =>
  jobs({ affinity: keyOf, affinityMode: mode, affinityOfCompetence: (competence) => competence as string });

onEachHost('one slow task does not stop a pool: a fresh worker takes what no other worker does', async (t, open) => {
  for (const kind of [strict(), keyed('require')]) {
    const pool = open(kind, { size: 3 });
    const notes = new Notes(pool);
    const slow = pool.run(held('a', 'slow'));
    await notes.begun('slow');
    await Promise.all(['b', 'c'].map((key) => pool.run(about(key))));
    t.is(await pool.run(about('d')), 'd');
    t.is(pool.stats.competence.rooms, 1);
    pool.forwardFeedback({ open: 'slow' });
    await slow;
    await pool.destroy();
  }
});

onEachHost('workers that prefer their key switch in place: none is replaced', async (t, open) => {
  const pool = open(keyed('prefer'), { size: 2 });
  await pool.ready();
  const keys = Array.from({ length: 24 }, (_, i) => 'abc'[i % 3] as string);
  t.deepEqual(await Promise.all(keys.map((key) => pool.run(about(key)))), keys);
  const { spawned, competence } = pool.stats;
  t.is(spawned, 2);
  t.is(competence.rooms, 0);
  t.is(competence.hits + competence.fresh + competence.switches, 24);
  t.true(competence.fresh + competence.switches <= 12, `${competence.switches} switches`);
});

onEachHost('tasks that come one by one go to the workers that know them: no worker learns in vain', async (t, open) => {
  const hook = {
    ...jobs(),
    prefers: (status: { competence?: unknown }, task: Job) => status.competence === keyOf(task),
  };
  for (const kind of [keyed('prefer'), hook as Kind<JobTypes>]) {
    const pool = open(kind, { size: 2 });
    await pool.ready();
    for (let i = 0; i < 12; i++) await pool.run(about('ab'[i % 2] as string));
    t.like(pool.stats.competence, { fresh: 2, hits: 10, switches: 0 });
    await pool.destroy();
  }
});

onEachHost(
  'a task waits for the worker that knows it, and goes on when that one learns something else',
  async (t, open) => {
    const kind = {
      ...keyed('prefer'),
      taskMatch: (status, { only }) => only === undefined || (status.type === 'old' && status.competence === only),
    } satisfies Kind<JobTypes>;
    const pool = open(kind, { size: 2, makeRoom: { patience: Number.POSITIVE_INFINITY } });
    const notes = new Notes(pool);
    await pool.ready();
    const first = pool.run(hold('first', { about: 'a', verdict: learnsKey('c') }));
    const { worker } = await notes.begun('first');
    const other = pool.run(held('b', 'other'));
    await notes.begun('other');
    pool.forwardFeedback({ open: 'other' });
    await other;
    // The other worker is free, and leaves this task to the first one.
    const waiting = pool.run({ do: 'id', about: 'a', verdict: learnsKey('a') });
    const last = pool.run(hold('last', { about: 'c', only: 'c', verdict: learnsKey('c') }));
    pool.forwardFeedback({ open: 'first' });
    await first;
    t.is((await notes.begun('last')).worker, worker);
    t.not(await waiting, worker);
    pool.forwardFeedback({ open: 'last' });
    await last;
  },
);

onEachHost('hooks get the worker: its id, its slot, and the number of its tasks', async (t, open) => {
  const seen: unknown[] = [];
  const kind = jobs({
    taskMatch: (_status, { slot }, worker) => slot === worker.slot,
    requestOfTask: (_status, { verdict, slot, ...request }, worker) => {
      seen.push([slot, worker.slot, worker.tasks, worker.id.split(':')[1]]);
      return request;
    },
  });
  const pool = open(kind, { size: 2 });
  await pool.ready();
  for (const slot of [1, 0, 1]) await pool.run(echo(slot, { slot }));
  t.deepEqual(seen, [
    [1, 1, 0, '1'],
    [0, 0, 0, '0'],
    [1, 1, 1, '1'],
  ]);
});

onEachHost('the costs of another worker and of a task are measured', async (t, open) => {
  const pool = open(keyed('require'), { size: 1 });
  for (let i = 0; i < 3; i++) await pool.run(about('a'));
  const { hits, fresh, switches, meanCost, meanWork } = pool.stats.competence;
  t.like({ hits, fresh, switches }, { hits: 2, fresh: 1, switches: 0 });
  t.true(meanCost > 0);
  t.true(meanWork > 0);
});

test('wrong members and options of competence are refused by name', (t) => {
  const refused = (kind: unknown, options: object, message: RegExp) =>
    t.throws(() => createPool(kind as Kind<never>, { size: 0, ...options }), { instanceOf: UsageError, message });
  refused(
    { ...jobs(), affinity: keyOf, affinityMode: 'maybe' },
    {},
    /affinityMode 'maybe': it must be 'require' or 'prefer'/,
  );
  refused({ ...jobs(), affinityMode: 'prefer' }, {}, /affinityMode, but no affinity/);
  refused({ ...keyed('prefer'), prefers: () => true }, {}, /affinityMode 'prefer' and prefers/);
  refused({ ...jobs(), prefers: 1 }, {}, /prefers 1: it must be a function/);
  refused({ ...jobs(), prefres: () => true }, {}, /unknown member prefres.*prefers/);
  refused(jobs(), { makeRoom: { patience: -1 } }, /makeRoom\.patience.*-1/);
  refused(jobs(), { makeRoom: { patienc: 1 } }, /patienc.*patience/);
  refused(jobs(), { makeRoom: 5 }, /makeRoom.*5/);
});
