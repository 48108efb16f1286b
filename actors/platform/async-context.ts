import { AsyncResource } from 'node:async_hooks';

/** The context in which this module was loaded: that of no caller. */
const neutral = new AsyncResource('statepool', { requireManualDestroy: true });

/**
 * Calls a function in the pool's own asynchronous context: never in that of whoever made the pool, or called it last. What it
 * starts (workers, timers, channels) has that context too.
 */
export function inNeutralContext<A extends unknown[], R>(act: (...args: A) => R, self?: unknown, ...args: A): R {
  return neutral.runInAsyncScope(act, self, ...args);
}
