/**
 * Sources of execution tokens: budgets of running tasks that several pools, or several programs, share.
 *
 * @module statepool/tokens
 */

export { jobserver } from './jobserver.ts';
export { type SharedTokens, sharedTokens } from './shared.ts';
export type { TokenPriority, TokenSource } from './source.ts';
export { workManager } from './workmgr.ts';
export { startWorkManager, type WorkManager } from './workmgr-server.ts';
