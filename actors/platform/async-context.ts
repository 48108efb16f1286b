import { AsyncResource, executionAsyncId } from 'node:async_hooks';

/** The asynchronous context in which this module was loaded. It belongs to no caller. */
const neutral = new AsyncResource('statepool', { requireManualDestroy: true });

/**
 * Calls a function in the pool's own asynchronous context, never in the context of the code that created the pool or
 * called it last. Workers, timers and channels that the function starts have this context too.
 */
export function inNeutralContext<A extends unknown[], R>(act: (...args: A) => R, self?: unknown, ...args: A): R {
  return neutral.runInAsyncScope(act, self, ...args);
}

/** The options of a resource that is compared with others: all have the trigger of the program's start. */
const COMPARABLE = { requireManualDestroy: true, triggerAsyncId: 1 };

/** The key of a resource's own number. All other members are what its context stores. */
const NUMBER = keyOfNumber(new AsyncResource('statepool', COMPARABLE));

function keyOfNumber(resource: AsyncResource): PropertyKey | undefined {
  return Reflect.ownKeys(resource).find((key) => Reflect.get(resource, key) === resource.asyncId());
}

let shared = neutral;
let sharedBy = 0;

/**
 * Returns a resource with the asynchronous context of the caller, to run functions in it later. Callers of one context
 * share it: a resource of its own takes 40 bytes. Costs more time than a new one.
 */
export function sharedScope(): AsyncResource {
  const scope = new AsyncResource('statepool:task', COMPARABLE);
  const id = executionAsyncId();
  if (id === sharedBy && hasSameContext(scope, shared)) return shared;
  shared = scope;
  sharedBy = id;
  return scope;
}

function hasSameContext(a: AsyncResource, b: AsyncResource): boolean {
  const keys = Reflect.ownKeys(a);
  if (keys.length !== Reflect.ownKeys(b).length) return false;
  return keys.every((key) => key === NUMBER || Object.is(Reflect.get(a, key), Reflect.get(b, key)));
}
