import test from 'ava';
import { explorePool } from '../../../testing/exploring/explore.ts';
import { exploreAsync } from '../../../testing/exploring/explore-async.ts';
import { judgedKind } from '../../../testing/exploring/judged-kind.ts';

test('a worker that holds a prefetched request begins it only in the status that it was built for: in every state', (t) => {
  const { graph } = explorePool(judgedKind, 2, {
    tasks: 5,
    prefetch: true,
    without: ['pause', 'resume', 'cancelAll', 'cancelWorker', 'cancelQueued'],
  });
  t.log(`${graph.states.length} states, ${graph.edges.length} transitions`);
  t.true(graph.edges.some(({ event }) => event === 'check'));
  t.true(graph.edges.some(({ event }) => event === 'cancel the next task of 0'));
});

test('a worker that holds a prefetched request begins it only in the status that it was built for: in any order of delivery', (t) => {
  const { states, transitions } = exploreAsync(judgedKind, 1, { tasks: 3, faults: 1, prefetch: true });
  t.log(`${states} states, ${transitions} transitions`);
  t.true(states > 1000);
});
