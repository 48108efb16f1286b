import config from './ava.config.js';

/** These are about provers, databases, files and pages around pools: nothing of them depends on how a step is taken. */
const outside = [
  ...['bench', 'bin', 'drawing', 'examples', 'fleet', 'house', 'package', 'scripts'].map((name) => `tests/${name}/**`),
  ...['rocq', 'smt', 'typescript'].map((name) => `tests/kinds/${name}/**`),
];

/** The same suite with every step of the machines interpreted. */
export default {
  ...config,
  files: [...config.files, ...outside.map((files) => `!${files}`)],
  environmentVariables: { ...config.environmentVariables, STATEPOOL_PLANS: 'off' },
};
