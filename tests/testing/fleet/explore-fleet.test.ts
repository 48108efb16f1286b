import test from 'ava';
import { exploreFleet } from '../../../testing/fleet/explore-fleet.ts';
import { FAULTS } from '../../../testing/fleet/fleet-state.ts';

for (const [nodes, hasFollowUp, fitsFresh] of [
  [1, true, true],
  [2, false, true],
  [2, true, true],
  [2, true, false],
] as const) {
  const what = hasFollowUp ? `a follow-up ${fitsFresh ? 'for any worker' : 'for its own worker'}` : 'no follow-up';
  test(`what settles, settles once in effect, with every fault once: ${nodes} nodes, ${what}`, (t) => {
    t.timeout(300_000);
    const { states, transitions, rests } = exploreFleet({ nodes, hasFollowUp, fitsFresh, faults: FAULTS });
    t.log(`${states} states, ${transitions} transitions, ${rests.length} at rest`);
    t.true(states > 100);
  });
}

test('without a fault a task and its follow-up are begun once', (t) => {
  const { rests } = exploreFleet({ nodes: 2, hasFollowUp: true, fitsFresh: true, faults: [] });
  for (const { nodes } of rests) {
    t.is(
      nodes.reduce((sum, { begun }) => sum + begun, 0),
      1,
    );
  }
});
