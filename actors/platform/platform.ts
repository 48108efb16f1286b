/**
 * What the pool and its workers use of the platform, taken once, when this module is loaded. A program or a task may replace
 * timers, clocks and globals later (fake timers of a test, a browser-like environment): the pool goes on as before.
 */
import { performance } from 'node:perf_hooks';
import * as nodeTimers from 'node:timers';
import type v8 from 'node:v8';

const timers: Timers = ownTimers();

/** Node's own timers, whatever the globals of those names are. */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = timers;

/** The global `queueMicrotask`, as it was; a promise's, where that was a fake already. */
export const queueMicrotask: typeof globalThis.queueMicrotask = isNodes(globalThis.queueMicrotask)
  ? globalThis.queueMicrotask
  : queueOnPromise;

const nextTick = isNodes(process.nextTick) ? process.nextTick : tickOnPromise;

/**
 * Runs `act` with Node's own `process.nextTick`. Node's streams and processes take it from there each time, and stand still
 * where a fake one waits to be told.
 */
export function withOwnTicks<T>(act: () => T): T {
  const { nextTick: present } = process;
  if (present === nextTick) return act();
  process.nextTick = nextTick;
  try {
    return act();
  } finally {
    process.nextTick = present;
  }
}

/** `process.exit`, as it was. */
export const exit: (code: number) => never = process.exit.bind(process);

/** The global `AbortController`, as it was. */
export const AbortController: typeof globalThis.AbortController = globalThis.AbortController;

/** Fakes are put on `performance` itself; what they hide stands on its prototype. */
const clock: typeof performance = Object.getPrototypeOf(performance);

/** The time since this process or thread began, in ms: `performance.now()`. */
export const performanceNow: () => number = (clock.now ?? performance.now).bind(performance);

/** The time of day in ms: `Date.now()`; by the clock of `performance` where that was a fake already. */
export const dateNow: () => number = sourceOf(Date.now).includes('[native code]')
  ? Date.now
  : () => Math.floor(Reflect.get(clock, 'timeOrigin', performance) + performanceNow());

/** How busy the event loop of this thread is: `performance.eventLoopUtilization()`. */
export const eventLoopUtilization: typeof performance.eventLoopUtilization =
  performance.eventLoopUtilization.bind(performance);

/** The global `structuredClone`, as it was; where there was none, a copy by `node:v8`. @throws where the value cannot be cloned */
export const structuredClone: typeof globalThis.structuredClone = globalThis.structuredClone ?? portableCopy;

let loaded: typeof v8 | undefined;

/** `node:v8`, loaded with the first clone: threads need none, and start sooner without it. */
export function structuredClones(): typeof v8 {
  loaded ??= process.getBuiltinModule('node:v8');
  return loaded;
}

/**
 * The value as another process would get it. What belongs to one process, as shared memory and keys do, is refused.
 * @throws where it cannot be written, or not be read again
 */
export function portableCopy<T>(value: T): T {
  const { deserialize, serialize } = structuredClones();
  return deserialize(serialize(value)) as T;
}

/** Whether a value can be sent to another process, and read there. */
export function isPortable(value: unknown): boolean {
  try {
    portableCopy(value);
    return true;
  } catch {
    return false;
  }
}

const workingDirectory = process.cwd.bind(process);

/** The folder that the program runs in; `undefined` where it was deleted. */
export function currentFolder(): string | undefined {
  try {
    return workingDirectory();
  } catch {
    return undefined;
  }
}

/** Whether a function is Node's own, and not one that stands in for it. */
function isNodes(act: unknown): boolean {
  return sourceOf(act).includes('validateFunction(callback');
}

function sourceOf(act: unknown): string {
  return Function.prototype.toString.call(act);
}

function queueOnPromise(act: () => void): void {
  Promise.resolve()
    .then(act)
    .catch((error) =>
      setImmediate(() => {
        throw error;
      }),
    );
}

function tickOnPromise(act: (...args: unknown[]) => void, ...args: unknown[]): void {
  queueOnPromise(() => act(...args));
}

/** What the pool uses of `node:timers`. */
type Timers = Pick<typeof nodeTimers, 'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'setImmediate'>;

/**
 * Node's own timers. A test may have put fake ones into `node:timers` before this program's first pool was imported; then a
 * timer of a socket's, which nobody fakes, shows how the real ones are made.
 */
function ownTimers(): Timers {
  if (makes(nodeTimers.setTimeout, 'Timeout') && makes(nodeTimers.setImmediate, 'Immediate')) return { ...nodeTimers };
  const Timeout = timeoutOfNode();
  if (Timeout === undefined) return { ...nodeTimers };

  function start(act: (...args: unknown[]) => void, ms: number | undefined, args: unknown[], isRepeated: boolean) {
    return new (Timeout as TimeoutClass)(act, ms ?? 1, args, isRepeated, true).refresh();
  }
  const stop = (timer: NodeJS.Timeout | undefined) => void timer?.close();
  return {
    setTimeout: (act: () => void, ms?: number, ...args: unknown[]) => start(act, ms, args, false),
    setInterval: (act: () => void, ms?: number, ...args: unknown[]) => start(act, ms, args, true),
    setImmediate: (act: () => void, ...args: unknown[]) => start(act, 1, args, false),
    clearTimeout: stop,
    clearInterval: stop,
  } as unknown as Timers;
}

/** Whether a function is Node's own: the sources of those that stand in for it make something else. */
function makes(timer: unknown, className: string): boolean {
  return sourceOf(timer).includes(`new ${className}(`);
}

type TimeoutClass = new (
  act: (...args: unknown[]) => void,
  ms: number,
  args: unknown[],
  isRepeated: boolean,
  isReferenced: boolean,
) => NodeJS.Timeout;

/** The class of Node's timeouts; it is not exported, and one of them refreshed is one that was started. */
function timeoutOfNode(): TimeoutClass | undefined {
  const { Socket } = process.getBuiltinModule('node:net');
  const socket = new Socket();
  socket.setTimeout(2 ** 30);
  const parts = Object.getOwnPropertySymbols(socket).map((key) => (socket as unknown as Record<symbol, unknown>)[key]);
  const timer = parts.find((part) => (part as object | null | undefined)?.constructor?.name === 'Timeout');
  (timer as NodeJS.Timeout | undefined)?.close();
  return timer?.constructor as TimeoutClass | undefined;
}
