import { AsyncResource } from 'node:async_hooks';

/** The asynchronous context in which this module was loaded. It belongs to no caller. */
const neutral = new AsyncResource('statepool', { requireManualDestroy: true });

/**
 * Calls a function in the pool's own asynchronous context, never in the context of the code that created the pool or
 * called it last. Workers, timers and channels that the function starts have this context too.
 */
export function inNeutralContext<A extends unknown[], R>(act: (...args: A) => R, self?: unknown, ...args: A): R {
  return neutral.runInAsyncScope(act, self, ...args);
}
