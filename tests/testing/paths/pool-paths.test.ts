import test from 'ava';
import { poolPaths } from 'statepool/testing';

for (const host of ['simulated', 'inline'] as const) {
  const paths = poolPaths({ host });
  for (const path of paths) test(`${host}: ${path.title}`, (t) => t.notThrowsAsync(path.run()));
  test(`${host}: the paths take every transition of the pool's model`, (t) => {
    const { states, transitions } = paths.coverage;
    t.is(states[0], states[1]);
    t.is(transitions[0], transitions[1]);
    t.true(transitions[1] > 300);
  });
}

// The long job of `npm run paths:all` runs all of them on threads and on processes.
for (const [host, shard] of [
  ['thread', '2/7'],
  ['process', '8/22'],
] as const) {
  for (const path of poolPaths({ host, shard, length: 60 }))
    test(`${host}: ${path.title}`, (t) => t.notThrowsAsync(path.run()));
}
