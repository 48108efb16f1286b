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
  {
    name: 'changed-entries-are-believed',
    file: 'bin/prove/memory/checked-lines.ts',
    from: 'if (sum === sumOf(key, text))',
    to: "if (key !== '')",
    breaks: 'A remembered proof with a changed bit is believed.',
    catchers: ['tests/bin/prove/memory.test.ts'],
  },
  {
    name: 'proofs-for-any-limits',
    file: 'bin/prove/memory/proof-memory.ts',
    from: 'portfolio?.seeds, mode, oneShot, limits, scales]',
    to: 'portfolio?.seeds, mode, oneShot, scales]',
    breaks: 'A proof is believed although it was made with other limits.',
    catchers: ['tests/bin/prove/memory.test.ts'],
  },
  {
    name: 'proofs-of-any-engine-version',
    file: 'bin/prove/memory/proof-memory.ts',
    from: '.map((name) => [name, this.#versionOf(name)])',
    to: ".map((name) => [name, 'any'])",
    breaks: 'A proof is believed although another version of the engine made it.',
    catchers: ['tests/bin/prove/memory.test.ts'],
  },
  {
    name: 'bounds-outlive-their-check',
    file: 'kinds/smt/session/question.ts',
    from: '(timeoutMs ?? rlimit) !== undefined ?',
    to: 'false ?',
    breaks: 'A limit of one check also applies to the assertions of the next goal, which Z3 then refuses.',
    catchers: ['tests/bin/prove/ways.test.ts'],
  },
  {
    name: 'first-answer-hides-the-other',
    file: 'bin/prove/ways/portfolio.ts',
    from: 'if (first && other)',
    to: 'if (first && other && false)',
    breaks: 'Opposite answers of two engines are no error.',
    catchers: ['tests/bin/prove/ways.test.ts'],
  },
];
