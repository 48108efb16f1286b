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
    name: 'rocq-proofs-behind-a-joined-one-are-kept',
    file: 'kinds/rocq/proving/check-document.ts',
    from: 'for (const verdicts of [found.errors, found.proved]) {',
    to: 'for (const verdicts of [found.errors]) {',
    breaks: 'A proof that is right only without the constraints of an earlier one is right.',
    catchers: ['tests/kinds/rocq/stand-in.test.ts'],
  },
  {
    name: 'rocq-viewport-has-no-rank',
    file: 'kinds/rocq/live/order.ts',
    from: 'pool.setOrder((a, b) => rankOf(a) - rankOf(b));',
    to: 'pool.setOrder((a, b) => rankOf(b) - rankOf(a));',
    breaks: 'The proofs that an editor shows wait for all others.',
    catchers: ['tests/kinds/rocq/session.test.ts'],
  },
  {
    name: 'rocq-edit-cancels-nothing',
    file: 'kinds/rocq/live/flights.ts',
    from: 'if (--flight.waiting > 0) return;',
    to: 'if (--flight.waiting >= 0) return;',
    breaks: 'A proof that an edit changes runs on, and its worker takes nothing else.',
    catchers: ['tests/kinds/rocq/session.test.ts'],
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
