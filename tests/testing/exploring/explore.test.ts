import test from 'ava';
import type { ChartedKind } from '../../../machines/kind-chart/chart-row.ts';
import { explorePool } from '../../../testing/exploring/explore.ts';
import { exploreAsync } from '../../../testing/exploring/explore-async.ts';
import { type KeyedMode, keyedKind } from '../../../testing/exploring/keyed-kind.ts';
import { ledger } from '../../../testing/exploring/ledger.ts';
import { sampleKind } from '../../../testing/exploring/sample-kind.ts';

const kinds: Readonly<Record<string, ChartedKind>> = { sampleKind, ledger };

for (const [name, size, tasks] of [
  ['sampleKind', 1, 3],
  ['sampleKind', 2, 3],
  ['sampleKind', 3, 3],
  ['ledger', 1, 2],
] as const) {
  test(`the invariants hold in every state of a pool of ${size} with up to ${tasks} tasks of the ${name}`, (t) => {
    const { graph } = explorePool(kinds[name] as ChartedKind, size, {
      tasks,
      ends: true,
      without: ['pause', 'resume'],
    });
    t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
    t.true(graph.edges.length > 100);
  });
}

test('the invariants hold in every state of a pool that is paused and resumed, closed and destroyed', (t) => {
  const { graph } = explorePool(sampleKind, 2, { tasks: 2, ends: true });
  t.true(graph.edges.some(({ event }) => event === 'pause'));
  t.true(graph.states.some((state) => state.includes('closing')));
});

for (const [size, tasks, faults] of [
  [1, 2, 1],
  [1, 1, 2],
  [2, 1, 1],
] as const) {
  test(`the invariants hold in any order of delivery: ${size} workers, ${tasks} tasks, ${faults} faults`, (t) => {
    const { states, transitions } = exploreAsync(sampleKind, size, { tasks, faults });
    t.log(`${states} states, ${transitions} transitions`);
    t.true(states > 1000);
  });
}

/** A patience with ticks: the explorer lets a tick come whenever one is asked for. */
const patience = 1000;

const without = ['pause', 'resume', 'cancelAll', 'cancelWorker', 'cancelQueued', 'cancelHeld'] as const;

for (const mode of ['require', 'prefer', 'match', 'hook'] as const satisfies readonly KeyedMode[]) {
  for (const [size, tasks] of [
    [2, 3],
    [3, 2],
  ] as const) {
    test(`the invariants hold with rooms, preference and patience: ${size} workers, ${tasks} tasks, mode ${mode}`, (t) => {
      const { graph } = explorePool(keyedKind(mode), size, { tasks, patience, without });
      t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
      t.true(graph.edges.some(({ event }) => event === 'impatient'));
    });
  }
}

for (const mode of ['prefer', 'match'] as const satisfies readonly KeyedMode[]) {
  test(`the invariants hold with rooms, preference and patience in any order of delivery: mode ${mode}`, (t) => {
    const { states, transitions } = exploreAsync(keyedKind(mode), 2, { tasks: 2, faults: 0, patience });
    t.log(`${states} states, ${transitions} transitions`);
    t.true(states > 1000);
  });
}

test('the invariants hold with tasks that have two attempts: in every state, and in any order of delivery', (t) => {
  const { graph } = explorePool(sampleKind, 2, { tasks: 2, attempts: 2, ends: true, without: ['pause', 'resume'] });
  t.true(graph.states.some((state) => state.includes('delayed')));
  const { states, transitions } = exploreAsync(sampleKind, 1, { tasks: 1, faults: 2, attempts: 2 });
  t.log(
    `${graph.states.length} states, ${graph.edges.length} transitions; ${states} states, ${transitions} transitions`,
  );
});
