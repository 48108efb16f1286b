/**
 * What the pool and its workers use of the platform, taken once, when this module is loaded. A program or a task may replace
 * timers, clocks and globals later (fake timers of a test, a browser-like environment): the pool goes on as before.
 */
import { performance } from 'node:perf_hooks';
import * as timers from 'node:timers';

/** Node's own timers, whatever the globals of those names are. */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = { ...timers };

/** The global `queueMicrotask`, as it was. */
export const queueMicrotask: typeof globalThis.queueMicrotask = globalThis.queueMicrotask;

/** The global `AbortController`, as it was. */
export const AbortController: typeof globalThis.AbortController = globalThis.AbortController;

/** The time since this process or thread began, in ms: `performance.now()`. */
export const performanceNow: () => number = performance.now.bind(performance);

/** The time of day in ms: `Date.now()`. */
export const dateNow: () => number = Date.now;

/** How busy the event loop of this thread is: `performance.eventLoopUtilization()`. */
export const eventLoopUtilization: typeof performance.eventLoopUtilization =
  performance.eventLoopUtilization.bind(performance);

/** The global `structuredClone`, as it was; where there was none, a copy by `node:v8`. @throws where the value cannot be cloned */
export const structuredClone: typeof globalThis.structuredClone = globalThis.structuredClone ?? copyBySerializing;

const workingDirectory = process.cwd.bind(process);

/** The folder that the program runs in; `undefined` where it was deleted. */
export function currentFolder(): string | undefined {
  try {
    return workingDirectory();
  } catch {
    return undefined;
  }
}

function copyBySerializing<T>(value: T): T {
  const { deserialize, serialize } = process.getBuiltinModule('node:v8');
  return deserialize(serialize(value)) as T;
}
