import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import test from 'ava';
import { PoolCore } from '../../../actors/core/pool-core.ts';
import { fillOptions } from '../../../actors/options/pool-options.ts';
import type { PoolState } from '../../../machines/state/pool-state.ts';
import { jobs } from '../../support/jobs.ts';

/** Makes the core of a pool without workers, and the list of the events that it sends to its supervisor. */
function coreWithEvents(): { core: PoolCore; events: string[] } {
  const events: string[] = [];
  const options = fillOptions({ size: 1, host: 'thread' });
  const core = new PoolCore(jobs(), options, new EventEmitter(), {} as PoolState, ({ type }) => events.push(type));
  return { core, events };
}

/** Blocks the event loop for some ms. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('an answer brings a check that is due before any timer can fire, and its timer brings none', async (t) => {
  const { core, events } = coreWithEvents();
  core.checkAfter(0.9);
  block(2);
  core.checkIfDue();
  core.checkIfDue();
  t.deepEqual(events, ['check']);
  await wait(5);
  t.deepEqual(events, ['check']);
});

test('without an answer a check comes by its timer', async (t) => {
  const { core, events } = coreWithEvents();
  core.checkAfter(0.25);
  await wait(5);
  t.deepEqual(events, ['check']);
});

test('an answer brings no check for which there is a timer', async (t) => {
  const { core, events } = coreWithEvents();
  core.checkAfter(2);
  block(4);
  core.checkIfDue();
  t.deepEqual(events, []);
  await wait(5);
  t.deepEqual(events, ['check']);
});
