/** The prover's command on whole files, beside the solver itself on the same files. */
const many = {
  workload: 'proveFiles',
  needs: ['z3', 'xargs'],
  figure: 'ms',
  base: 'z3',
  rounds: 1,
};

const oneFile = (title, set) => ({
  ...many,
  title,
  options: { set, goals: 400, runs: 5 },
  subjects: ['z3', 'prove --size 1', 'prove --size 1 --clean'],
  goals: [
    { subject: 'prove --size 1', value: 'budget', most: 1 },
    { subject: 'prove --size 1', value: 'goalMs', most: 1.2 },
    { subject: 'prove --size 1 --clean', value: 'goalMs', most: 5 },
  ],
});

export const prove = [
  {
    workload: 'provePortfolio',
    title: 'prove: ten goals by several engines at once, beside the best native one for each goal',
    needs: ['z3', 'cvc5'],
    figure: 'ms',
    base: 'the best engine',
    rounds: 1,
    options: { set: 'mixed', runs: 3 },
    subjects: ['the best engine', 'prove --portfolio z3,cvc5', 'prove --portfolio z3-wasm,z3,cvc5'],
    goals: [
      { subject: 'prove --portfolio z3,cvc5', value: 'ratio', most: 1.15 },
      { subject: 'prove --portfolio z3,cvc5', value: 'orphans', most: 0 },
      { subject: 'prove --portfolio z3-wasm,z3,cvc5', value: 'ratio', most: 1.15 },
      { subject: 'prove --portfolio z3-wasm,z3,cvc5', value: 'orphans', most: 0 },
    ],
  },
  oneFile('prove: a file of 400 checks, one assertion more for each, beside z3 on the file', 'growing'),
  oneFile('prove: a file of 400 goals in frames over 300 lines, beside z3 on the file', 'frames'),
  {
    ...many,
    title: 'prove: 50 files of 8 goals, 2 workers, beside xargs -P2 z3',
    options: { set: 'fifty', goals: 400, runs: 5 },
    subjects: ['z3', 'prove --size 2'],
    goals: [{ subject: 'prove --size 2', value: 'ratio', most: 1.1 }],
  },
  {
    ...many,
    title: 'prove: a file of 40 heavy goals in frames over a prelude, 2 workers, beside z3 on the file',
    options: { set: 'heavy', goals: 40, runs: 3 },
    subjects: ['z3', 'prove --size 2'],
    goals: [{ subject: 'prove --size 2', value: 'speed', least: 1.7 }],
  },
];
