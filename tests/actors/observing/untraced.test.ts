import { tracingChannel } from 'node:diagnostics_channel';
import { echo, jobs } from '../../support/jobs.ts';
import { onProcesses } from '../../support/pool.ts';

// In a file of its own: the channels are the whole program's, and here nobody else listens.
onProcesses('a task that was accepted before anybody listened is not told', async (t, open) => {
  const pool = open(jobs());
  const early = pool.run(echo(1, { key: 'early' }));
  const told: unknown[] = [];
  const note = (trace: unknown) => void told.push((trace as { name: string }).name);
  const subscribers = { start: note, end: note, asyncStart: note, asyncEnd: note, error: note };
  tracingChannel('statepool:task').subscribe(subscribers);
  t.teardown(() => tracingChannel('statepool:task').unsubscribe(subscribers));
  await early;
  t.deepEqual(told, []);
  await pool.run(echo(2, { key: 'late' }));
  t.deepEqual(told, ['late', 'late', 'late', 'late']);
});
