import test, { type ExecutionContext } from 'ava';
import type { TaskOutcome } from 'statepool';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { code, codes } from '../../support/outcome.ts';
import { type Open, onEachHost, opener } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

/** Makes an inline kind. Its tasks report their begin, wait for their signal, and then end by `end`. */
function stopping(end: () => unknown) {
  const called: string[] = [];
  const kind = jobs({
    async perform(_request, { signal, feedback }) {
      feedback({ begun: 'it' });
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return end();
    },
    onPerformError: () => void called.push('onPerformError'),
    onMarshalError: () => void called.push('onMarshalError'),
    onTaskCancellationOrExpirationOrWorkerDeath: (_task, { code }) => void called.push(code),
  });
  return { kind, called };
}

async function cancelOne(open: Open, end: () => unknown) {
  const { kind, called } = stopping(end);
  const pool = open(kind, { killGrace: 60_000 });
  const outcomes: TaskOutcome[] = [];
  pool.on('task', (outcome) => outcomes.push(outcome));
  const notes = new Notes(pool);
  const controller = new AbortController();
  const done = code(pool.run(echo(1), { signal: controller.signal }));
  await notes.begun('it');
  controller.abort();
  const how = await done;
  await pool.join();
  return { how, called, outcomes, stats: pool.stats };
}

const ends: Readonly<Record<string, () => unknown>> = {
  'throws when it must stop': () => {
    throw new Error('stopped');
  },
  'stops with a response that cannot be cloned': () => () => {},
  'stops with a response': () => 'stopped',
};

for (const [what, end] of Object.entries(ends)) {
  test(`a cancelled task that ${what} settles once, and only as cancelled`, async (t: ExecutionContext) => {
    const { how, called, outcomes, stats } = await cancelOne(opener(t, 'inline'), end);
    t.is(how, 'CANCELLED');
    t.deepEqual(called, ['CANCELLED']);
    t.is(outcomes.length, 1);
    t.like(stats, { accepted: 1, completed: 0, failed: 1, cancelled: 1, pending: 0, busy: 0 });
  });
}

onEachHost('a free worker gets a task while another is busy', async (t, open) => {
  t.timeout(60_000);
  const pool = open(jobs(), { size: 2 });
  await pool.ready();
  const notes = new Notes(pool);
  const busy = code(pool.run(hold('a')));
  await notes.begun('a');
  t.is(await pool.run(echo('at once')), 'at once');
  pool.forwardFeedback({ open: 'a' });
  t.deepEqual(await codes([busy]), ['done']);
});
