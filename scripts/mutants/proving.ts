import type { Mutant } from './mutant.ts';

/** Bugs in the prover. */
export const proving: readonly Mutant[] = [
  {
    name: 'run-goes-on-after-error',
    file: 'kinds/smt/session/run.ts',
    from: 'if (rejectionsOf(loading).length > 0 || rejectionsOf(answered).length > 0)',
    to: 'if (rejectionsOf(answered).length > 0)',
    breaks: 'A goal of a run gets a verdict although the solver refused one of its assertions.',
    catchers: ['tests/kinds/smt/many/check-goals.test.ts'],
  },
  {
    name: 'run-believes-history',
    file: 'kinds/smt/proving/proof-run.ts',
    from: "task.mode === 'incremental' && (status.type === 'old' || done > 0)",
    to: 'false',
    breaks: 'A goal that is unknown because of the goals before it is not tried in a new context.',
    catchers: ['tests/kinds/smt/many/check-goals.test.ts'],
  },
  {
    name: 'undecided-goals-are-dropped',
    file: 'kinds/smt/many/shares.ts',
    from: '    share.section = rest;\n',
    to: '',
    breaks: 'The goals after one that ended its run are checked out of order.',
    catchers: ['tests/kinds/smt/many/shares.test.ts'],
  },
];
