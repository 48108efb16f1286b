import test from 'ava';
import { explorePool } from '../../../testing/exploring/explore.ts';
import { exploreAsync } from '../../../testing/exploring/explore-async.ts';
import { judgedKind } from '../../../testing/exploring/judged-kind.ts';
import { type KeyedMode, keyedKind } from '../../../testing/exploring/keyed-kind.ts';
import { sampleKind } from '../../../testing/exploring/sample-kind.ts';

const kinds = { judgedKind, sampleKind };

for (const [name, size, tasks] of [
  ['judgedKind', 1, 3],
  ['judgedKind', 2, 3],
  ['sampleKind', 2, 3],
] as const) {
  test(`the invariants hold with two requests at a time: ${size} workers, ${tasks} tasks of the ${name}`, (t) => {
    const { graph } = explorePool(kinds[name], size, { tasks, concurrency: 2, without: ['pause', 'resume'] });
    t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
    t.true(graph.edges.some(({ event }) => event.endsWith(' at 1')));
  });
}

test('the invariants hold with two requests at a time in a pool that is paused, closed and destroyed', (t) => {
  const { graph } = explorePool(judgedKind, 1, { tasks: 3, concurrency: 2, ends: true });
  t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
  t.true(graph.states.some((state) => state.includes('closing')));
});

test('the invariants hold with two requests at a time and one token', (t) => {
  const { graph } = explorePool(judgedKind, 2, { tasks: 3, concurrency: 2, tokens: 1 });
  t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
  t.true(graph.edges.some(({ event }) => event === 'contend'));
});

for (const [mode, tasks] of [
  ['require', 3],
  ['match', 3],
  ['prefer', 2],
  ['hook', 3],
] as const satisfies readonly [KeyedMode, number][]) {
  test(`the invariants hold with two requests at a time, competence and rooms: mode ${mode}`, (t) => {
    const without = ['pause', 'resume', 'cancelAll', 'cancelQueued'] as const;
    const { graph } = explorePool(keyedKind(mode), 2, { tasks, concurrency: 2, without });
    t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
    t.true(graph.edges.length > 100);
  });
}

for (const [name, tasks, faults, attempts] of [
  ['judgedKind', 2, 1, 1],
  ['sampleKind', 2, 1, 1],
  ['judgedKind', 2, 1, 2],
] as const) {
  test(`the invariants hold with two requests at a time in any order of delivery: ${tasks} tasks of the ${name}, ${attempts} attempts`, (t) => {
    const { states, transitions } = exploreAsync(kinds[name], 1, { tasks, faults, attempts, concurrency: 2 });
    t.log(`${states} states, ${transitions} transitions`);
    t.true(states > 1000);
  });
}

test('the invariants hold in any order of delivery if starting workers are given tasks', (t) => {
  const { states, transitions } = exploreAsync(judgedKind, 1, { tasks: 2, faults: 1, flush: true });
  t.log(`${states} states, ${transitions} transitions`);
  t.true(states > 1000);
});
