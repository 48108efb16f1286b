import type { Mutant } from './mutant.ts';

/** Seeded bugs in the fleet: in the rules of leases, in the settlement, in what heirs do. */
export const fleet: readonly Mutant[] = [
  {
    name: 'fleet-runs-what-runs',
    file: 'fleet/leases/rules.ts',
    from: "if (isHeld) return 'bind';",
    to: '',
    breaks: 'A lease that comes back to its node begins a second run of the task.',
    catchers: ['tests/fleet/nodes/workers.test.ts'],
  },
  {
    name: 'fleet-half-a-verdict',
    file: 'fleet/leases/rules.ts',
    from: 'return followUps === 0;',
    to: 'return true;',
    breaks: 'A task settles with an outcome whose follow-ups were taken back.',
    catchers: ['tests/testing/fleet/explore-fleet.test.ts'],
  },
  {
    name: 'fleet-follow-up-first',
    file: 'fleet/leases/rules.ts',
    from: "if (end.isEarly) return 'wait';",
    to: '',
    breaks: 'A follow-up settles before its origin, and a second run of the origin waits for ever.',
    catchers: ['tests/testing/fleet/explore-fleet.test.ts'],
  },
  {
    name: 'fleet-same-text-is-the-same-end',
    file: 'fleet/leases/accept.ts',
    from: 'outcome: string, node: string)',
    to: "outcome: string, _: string, node = '')",
    breaks: 'A node that was replaced takes the equal outcome of another one for its own.',
    catchers: ['tests/fleet/nodes/settlement.test.ts'],
  },
  {
    name: 'fleet-nobody-is-stranded',
    file: 'fleet/leases/rules.ts',
    from: "if (!task.fitsFresh) return 'strand';",
    to: '',
    breaks: 'A follow-up whose worker is gone waits for ever.',
    catchers: ['tests/fleet/nodes/workers.test.ts'],
  },
  {
    name: 'fleet-trusts-hints',
    file: 'fleet/submitter/reconciler.ts',
    from: 'if (pending.size > 0 && dateNow() - this.#heardAt >= SILENCE) void this.refresh();',
    to: '',
    breaks: 'A submitter waits for ever for an end of which nobody told it.',
    catchers: ['tests/fleet/nodes/settlement.test.ts'],
  },
  {
    name: 'fleet-keeps-what-it-cannot-take',
    file: 'fleet/node/words.ts',
    from: 'if (isNew && look.parked > 0) broker.promote(names.shared).catch(() => {});',
    to: '',
    breaks: 'A task that one node has refused waits for a minute, though another node has entered.',
    catchers: ['tests/fleet/nodes/workers.test.ts'],
  },
];
