import config from './ava.config.js';

/** These are about provers, databases and nodes around pools: nothing of them depends on how a step is taken. */
const outside = ['tests/fleet/**', 'tests/kinds/rocq/**', 'tests/bin/rocq.test.ts'];

/** The same suite with every step of the machines interpreted. */
export default {
  ...config,
  files: [...config.files, ...outside.map((files) => `!${files}`)],
  environmentVariables: { ...config.environmentVariables, STATEPOOL_PLANS: 'off' },
};
