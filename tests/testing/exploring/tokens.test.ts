import test from 'ava';
import { explorePool } from '../../../testing/exploring/explore.ts';
import { exploreAsync } from '../../../testing/exploring/explore-async.ts';
import { judgedKind } from '../../../testing/exploring/judged-kind.ts';
import { type KeyedMode, keyedKind } from '../../../testing/exploring/keyed-kind.ts';
import { sampleKind } from '../../../testing/exploring/sample-kind.ts';

for (const [size, tasks, tokens] of [
  [1, 2, 1],
  [2, 3, 1],
  [2, 2, 2],
] as const) {
  test(`no token is lost, and none is used twice, in every state: ${size} workers, ${tasks} tasks, ${tokens} tokens`, (t) => {
    const { graph } = explorePool(sampleKind, size, { tasks, tokens, ends: true, without: ['pause', 'resume'] });
    t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
    t.true(graph.edges.some(({ event }) => event === 'grant'));
  });
}

test('a pool that is paused, closed or destroyed while it waits for a token gives back what comes too late', (t) => {
  const { graph } = explorePool(sampleKind, 2, { tasks: 2, tokens: 1, ends: true });
  t.true(graph.edges.some(({ event }) => event === 'pause'));
  t.true(graph.states.some((state) => state.includes('closing') && state.includes('asked for')));
});

for (const [size, tasks, tokens, faults] of [
  [1, 2, 1, 1],
  [2, 1, 1, 1],
] as const) {
  test(`no token is lost in any order of delivery: ${size} workers, ${tasks} tasks, ${tokens} tokens, ${faults} faults`, (t) => {
    const { states, transitions } = exploreAsync(sampleKind, size, { tasks, faults, tokens });
    t.log(`${states} states, ${transitions} transitions`);
    t.true(states > 1000);
  });
}

const without = ['pause', 'resume', 'cancelAll', 'cancelWorker', 'cancelQueued', 'cancelHeld'] as const;

for (const mode of ['require', 'prefer', 'match', 'hook'] as const satisfies readonly KeyedMode[]) {
  test(`the invariants hold with one token, rooms, preference and patience: mode ${mode}`, (t) => {
    const { graph } = explorePool(keyedKind(mode), 2, { tasks: 3, tokens: 1, patience: 1000, without });
    t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
    t.true(graph.edges.some(({ event }) => event === 'contend'));
  });
}

test('no token is lost in any order of delivery, when two workers take the same task', (t) => {
  const { states, transitions } = exploreAsync(keyedKind('match'), 2, { tasks: 2, faults: 0, tokens: 1 });
  t.log(`${states} states, ${transitions} transitions`);
  t.true(states > 1000);
});

test('a worker that holds several requests holds one token for all of them', (t) => {
  const { graph } = explorePool(judgedKind, 2, {
    tasks: 4,
    tokens: 1,
    prefetch: true,
    without: ['pause', 'resume', 'cancelAll', 'cancelWorker', 'cancelQueued'],
  });
  t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
  t.true(graph.states.some((state) => /holds \w+, \w+/.test(state)));
});
