import config from './ava.config.js';

/** The same suite with every step of the machines interpreted. */
export default { ...config, environmentVariables: { ...config.environmentVariables, STATEPOOL_PLANS: 'off' } };
