import type { Mutant } from './mutant.ts';

/** Bugs that would make a wrong Rocq file right. */
export const rocq: readonly Mutant[] = [
  {
    name: 'rocq-never-joins',
    file: 'kinds/rocq/proving/check-once.ts',
    from: '    if (result.joins) round.joins.add(segment);\n',
    to: '',
    breaks: 'Proofs whose universe constraints contradict each other are right.',
    catchers: ['tests/kinds/rocq/stand-in.test.ts'],
  },
  {
    name: 'rocq-open-proof-is-right',
    file: 'kinds/rocq/proving/check-once.ts',
    from: 'if (pending !== undefined) found',
    to: 'if (pending === null) found',
    breaks: 'A file whose last proof is open is right.',
    catchers: ['tests/kinds/rocq/stand-in.test.ts'],
  },
  {
    name: 'rocq-opacity-is-forgotten',
    file: 'kinds/rocq/text/outline.ts',
    from: 'if (OPACITY.test(words)) take(words);',
    to: 'if (words === OPACITY.source) take(words);',
    breaks: 'A lemma that is made transparent is delegated, and its axiom accepts that.',
    catchers: ['tests/kinds/rocq/text.test.ts'],
  },
];
