import config from './ava.config.js';

/** These are about solvers, provers and databases, which know nothing of the machines. */
const outside = ['tests/fleet/{bullmq,contract,engine,processes}/**', 'tests/kinds/rocq/**', 'tests/bin/rocq.test.ts'];

/** The same suite with every step of the machines interpreted. */
export default {
  ...config,
  files: [...config.files, ...outside.map((files) => `!${files}`)],
  environmentVariables: { ...config.environmentVariables, STATEPOOL_PLANS: 'off' },
};
