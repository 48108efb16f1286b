import test from 'ava';
import { decide } from '../../../machines/rules/decide.ts';
import type { Effect } from '../../../machines/state/effects.ts';
import type { PoolState } from '../../../machines/state/pool-state.ts';
import type { Seat } from '../../../machines/state/seat.ts';
import type { SupervisorEvent } from '../../../machines/state/supervisor-events.ts';
import { judgedKind } from '../../../testing/exploring/judged-kind.ts';
import { keyedKind } from '../../../testing/exploring/keyed-kind.ts';
import { PlayedRules } from '../../support/played-rules.ts';

/** What a decision asks of the source of the tokens, in words. */
function tokensOf(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) =>
    effect.type === 'askTokens' ? [`asks for ${effect.n}`] : effect.type === 'giveTokens' ? [`gives ${effect.n}`] : [],
  );
}

/** Plays a pool with a budget; others wait for tokens while `state.isContended` is true. */
function budgeted(kind: ConstructorParameters<typeof PlayedRules>[0], size: number, minSize?: number) {
  const state = { isContended: false };
  const isContended = () => state.isContended;
  const played = new PlayedRules(kind, size, 1000, minSize === undefined ? { isContended } : { isContended, minSize });
  const { pool } = played;
  const send = (event: SupervisorEvent) => tokensOf(decide(pool, event));
  return { played, pool, state, send, grant: (n = 1) => send({ type: 'granted', n }) };
}

const seatIn = (pool: PoolState, slot: number) => [...pool.seats.values()].find((seat) => seat.slot === slot) as Seat;
const exit = { exitCode: null, signal: 'SIGKILL', reason: 'killed' } as const;

test('a pool asks for a token for each free worker with a task, and uses what it is granted', (t) => {
  const { played, pool, grant } = budgeted(judgedKind, 3);
  played.run('step', 'step');
  t.is(pool.tokens?.asked, 2);
  t.is(played.doing, 'free free free');
  t.false(pool.isStalled);
  t.deepEqual(grant(), []);
  t.is(pool.busy, 1);
  t.is(pool.tokens?.asked, 1);
  played.run('step');
  t.is(pool.tokens?.asked, 2);
});

test('a pool gives back at once what it does not use, and asks for less when its tasks are gone', (t) => {
  const { played, pool, send, grant } = budgeted(judgedKind, 2);
  played.run('step', 'step');
  t.deepEqual(send({ type: 'cancelAll' }), ['asks for 0']);
  for (const slot of [0, 1]) played.replace(slot);
  t.deepEqual(grant(2), ['gives 2']);
  t.is(pool.tokens?.hand, 0);
});

test('a worker keeps its token for the next task, unless somebody waits for it', (t) => {
  const { played, pool, state, grant } = budgeted(judgedKind, 1);
  played.run('step', 'step', 'step');
  grant();
  const seat = seatIn(pool, 0);
  played.answer(0);
  t.is(pool.busy, 1);
  t.is(pool.tokens?.asked, 0);
  state.isContended = true;
  played.answer(0);
  t.is(pool.busy, 0);
  t.false(seat.hasToken);
  t.is(pool.tokens?.asked, 1);
});

test('a token goes back with the verdict that ends a worker, and with the exit of one that is killed', (t) => {
  const { played, pool, send, grant } = budgeted(judgedKind, 2);
  played.run('step', 'step');
  grant(2);
  const [ended, killed] = [seatIn(pool, 0), seatIn(pool, 1)];
  ended.held.pop();
  t.deepEqual(send({ type: 'ended', worker: ended.id }), ['gives 1']);
  t.deepEqual(send({ type: 'cancelWorker', worker: killed.id }), []);
  t.true(killed.hasToken, 'its process may still perform the task');
  t.deepEqual(send({ type: 'exited', worker: killed.id, exit }), ['gives 1']);
  t.deepEqual(send({ type: 'exited', worker: ended.id, exit }), []);
});

test('a worker that ends while it may perform another request holds its token until its exit', (t) => {
  const { played, pool, send, grant } = budgeted(judgedKind, 1);
  played.run('step');
  grant();
  const seat = seatIn(pool, 0);
  t.deepEqual(send({ type: 'ended', worker: seat.id }), []);
  t.deepEqual(send({ type: 'exited', worker: seat.id, exit }), ['gives 1']);
});

for (const mode of ['require', 'match'] as const) {
  test(`${mode}: no room is made for a task that waits only for a token`, (t) => {
    const { played, pool, grant } = budgeted(keyedKind(mode), 2);
    played.run('a', 'b');
    grant(2);
    played.answer(0);
    played.answer(1);
    played.run('a');
    t.is(played.doing, 'free free');
    t.is(pool.scheduling.counts.rooms, 0);
    played.run('c');
    t.is(pool.scheduling.counts.rooms, 1);
  });
}

test('no worker is started for a task that a fresh one takes as soon as it has a token', (t) => {
  const { played, pool } = budgeted(judgedKind, 3, 1);
  played.run('step');
  t.is(pool.seats.size, 1);
  played.run('step', 'step');
  t.is(pool.seats.size, 3);
});

test('a worker that waits for a token does not end because it has had no work', (t) => {
  const { played, pool, send, grant } = budgeted(judgedKind, 2, 0);
  played.run('step');
  const seat = seatIn(pool, 0);
  send({ type: 'free', worker: seat.id });
  send({ type: 'retire', worker: seat.id });
  t.is(seat.phase, 'free');
  grant();
  t.is(seat.phase, 'busy');
});

test('the worker whose task is the first in order gets the token', (t) => {
  const { played, grant } = budgeted(keyedKind('match'), 2);
  played.run('a', 'b');
  grant(2);
  played.answer(1);
  played.answer(0);
  played.run('b', 'a');
  grant();
  t.is(played.doing, 'free b');
});

test('a busy worker leaves its token to a free one of its pool whose task comes first', (t) => {
  const { played, grant } = budgeted(keyedKind('match'), 2);
  played.run('a', 'b');
  grant(2);
  played.answer(1);
  played.run('b', 'a');
  t.is(played.doing, 'a free');
  played.answer(0);
  t.is(played.doing, 'free b');
});

test('a free worker without a token takes no request over from a busy one', (t) => {
  const { played, pool, grant } = budgeted(judgedKind, 2);
  const seat = seatIn(pool, 0);
  seat.window = 2;
  seatIn(pool, 1).window = 2;
  played.run('step', 'step', 'step', 'step');
  grant();
  t.is(pool.busy, 1);
  t.is(pool.queue.length, 2);
  t.is(pool.tokens?.asked, 1);
});
