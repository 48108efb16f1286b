import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import test from 'ava';
import { inspect } from 'statepool/inspect';
import { createMachine } from 'xstate';
import { echo, jobs } from '../../support/jobs.ts';
import { opener, stayAlive } from '../../support/pool.ts';
import { socketOf } from '../../support/viewer.ts';
import { Seen } from '../../support/witness.ts';

test("Stately's own receiver gets the pool: its actors with their machines, their events and their states", async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(jobs());
  await pool.ready();
  const view = await inspect(pool);
  const seen = new Seen<StatelyInspectionEvent>();
  createWebSocketReceiver({ server: socketOf(view, '/inspect') }).subscribe((event) => seen.add(event));
  const worker = (await seen.until(
    (event) => event.type === '@xstate.actor' && event.name === 'jobs:0:1',
  )) as StatelyInspectionEvent & { type: '@xstate.actor' };
  const supervisor = await seen.until((event) => event.type === '@xstate.actor' && event.name === pool.id);
  t.is(supervisor.sessionId, pool.actor.sessionId);
  t.is(worker.parentId, pool.actor.sessionId);
  t.is(worker.rootId, pool.actor.sessionId);
  t.like(worker.snapshot, { status: 'active', value: 'fresh' });
  t.deepEqual(worker.snapshot.context, {});
  // The definition is a machine that XState can build.
  const machine = createMachine(JSON.parse(worker.definition as string));
  t.is(machine.id, 'worker');
  t.deepEqual(Object.keys(machine.states), ['fresh', 'busy', 'old', 'dead']);

  await pool.run(echo(1));
  const ofWorker = ({ sessionId }: StatelyInspectionEvent) => sessionId === worker.sessionId;
  await seen.until((event) => ofWorker(event) && event.type === '@xstate.snapshot' && stateIn(event) === 'old');
  const events = seen.all
    .filter((event) => ofWorker(event) && event.type !== '@xstate.actor')
    .map((event) => ('event' in event ? `${event.type} ${event.event.type} ${stateIn(event) ?? ''}` : ''));
  t.deepEqual(events, [
    '@xstate.event dispatch ',
    '@xstate.snapshot dispatch busy',
    '@xstate.event stay ',
    '@xstate.snapshot stay old',
  ]);
  const dispatch = seen.all.find((event) => event.type === '@xstate.event' && event.event.type === 'dispatch');
  t.like(dispatch, { sourceId: pool.actor.sessionId });

  pool.cancelWorker('jobs:0:1');
  await seen.until((event) => ofWorker(event) && event.type === '@xstate.snapshot' && stateIn(event) === 'dead');
  await seen.until((event) => event.type === '@xstate.actor' && event.name === 'jobs:0:2');
  for (const event of seen.all) {
    t.is(event._version, '0.7.2');
    t.is(event.rootId, pool.actor.sessionId);
    t.regex(event.createdAt, /^\d{13}$/);
    if ('event' in event) t.deepEqual(Object.keys(event.event), ['type']);
  }
});

function stateIn(event: StatelyInspectionEvent): unknown {
  return 'snapshot' in event ? (event.snapshot as { value?: unknown }).value : undefined;
}
