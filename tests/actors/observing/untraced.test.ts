import { tracingChannel } from 'node:diagnostics_channel';
import { echo, jobs } from '../../support/jobs.ts';
import { onProcesses } from '../../support/pool.ts';

// This test has a file of its own: the channels belong to the whole program, and no other test may subscribe here.
onProcesses('a task that was accepted before the first subscription is not traced', async (t, open) => {
  const pool = open(jobs());
  const early = pool.run(echo(1, { key: 'early' }));
  const reported: unknown[] = [];
  const note = (trace: unknown) => void reported.push((trace as { name: string }).name);
  const subscribers = { start: note, end: note, asyncStart: note, asyncEnd: note, error: note };
  tracingChannel('statepool:task').subscribe(subscribers);
  t.teardown(() => tracingChannel('statepool:task').unsubscribe(subscribers));
  await early;
  t.deepEqual(reported, []);
  await pool.run(echo(2, { key: 'late' }));
  t.deepEqual(reported, ['late', 'late', 'late', 'late']);
});
