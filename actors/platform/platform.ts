/**
 * The parts of the platform that the pool and its workers use, taken once, when this module is loaded. A program or a
 * task may replace timers, clocks and globals later (a test's fake timers, a browser-like environment). The pool goes
 * on as before.
 */
import { performance } from 'node:perf_hooks';
import * as nodeTimers from 'node:timers';
import type v8 from 'node:v8';

const timers: Timers = ownTimers();

/** Node's own timers, even if the globals of those names are replaced. */
/** Chance, as Node gives it. */
export const random: () => number = Math.random;

export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = timers;

/** The global `queueMicrotask`, as it was at load time. If it was already a fake, a promise runs the call instead. */
export const queueMicrotask: typeof globalThis.queueMicrotask = isNodes(globalThis.queueMicrotask)
  ? globalThis.queueMicrotask
  : queueOnPromise;

/** `process.nextTick`, as it was at load time. If it was already a fake, a promise runs the call instead. */
export const nextTick: typeof process.nextTick = isNodes(process.nextTick) ? process.nextTick : tickOnPromise;

/**
 * Runs `act` with Node's own `process.nextTick`. Node's streams and processes read `process.nextTick` for each use. A
 * fake one stops them until the test advances it.
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

/** `process.exit`, as it was at load time. */
export const exit: (code: number) => never = process.exit.bind(process);

/** The global `AbortController`, as it was at load time. */
export const AbortController: typeof globalThis.AbortController = globalThis.AbortController;

/** Node's own clock. Fakes are put on `performance` itself; the methods that they hide are on its prototype. */
const clock: typeof performance = Object.getPrototypeOf(performance);

/** The time since this process or thread began, in ms: `performance.now()`. */
export const performanceNow: () => number = (clock.now ?? performance.now).bind(performance);

/** The time of day, in ms: `Date.now()`. If that was already a fake, the clock of `performance` gives the time. */
export const dateNow: () => number = sourceOf(Date.now).includes('[native code]')
  ? Date.now
  : () => Math.floor(Reflect.get(clock, 'timeOrigin', performance) + performanceNow());

/** The load of this thread's event loop: `performance.eventLoopUtilization()`. */
export const eventLoopUtilization: typeof performance.eventLoopUtilization =
  performance.eventLoopUtilization.bind(performance);

/**
 * The global `structuredClone`, as it was at load time. If there was none, `node:v8` makes the copy.
 *
 * @throws if the value cannot be cloned
 */
export const structuredClone: typeof globalThis.structuredClone = globalThis.structuredClone ?? portableCopy;

let loaded: typeof v8 | undefined;

/** Loads `node:v8` at the first clone. Threads do not need it, and start sooner without it. */
export function structuredClones(): typeof v8 {
  loaded ??= process.getBuiltinModule('node:v8');
  return loaded;
}

/**
 * Copies a value as another process would receive it. Values that belong to one process, such as shared memory and
 * keys, are refused.
 *
 * @throws if the value cannot be written, or cannot be read again
 */
export function portableCopy<T>(value: T): T {
  const { deserialize, serialize } = structuredClones();
  return deserialize(serialize(value)) as T;
}

/** Returns whether a value can be sent to another process and read there. */
export function isPortable(value: unknown): boolean {
  try {
    portableCopy(value);
    return true;
  } catch {
    return false;
  }
}

const workingDirectory = process.cwd.bind(process);

/** Returns the program's working folder, or `undefined` if that was deleted. */
export function currentFolder(): string | undefined {
  try {
    return workingDirectory();
  } catch {
    return undefined;
  }
}

/** Returns whether a function is Node's own, not a replacement. */
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

/** The functions of `node:timers` that the pool uses. */
type Timers = Pick<typeof nodeTimers, 'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'setImmediate'>;

/**
 * Returns Node's own timers. A test may have put fakes into `node:timers` before the program first imported the pool.
 * In that case the timer of a socket, which fakes do not replace, gives the class of the real timers.
 */
function ownTimers(): Timers {
  // Taken one by one: a copy of the whole module would load `node:timers/promises` too.
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = nodeTimers;
  const present = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate };
  if (makes(setTimeout, 'Timeout') && makes(setImmediate, 'Immediate')) return present;
  const Timeout = timeoutOfNode();
  if (Timeout === undefined) return present;

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

/** Returns whether a timer function is Node's own: only Node's source creates an object of this class. */
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

/**
 * Returns the class of Node's timeouts, which Node does not export. A new timeout of this class starts with
 * `refresh()`.
 */
function timeoutOfNode(): TimeoutClass | undefined {
  const { Socket } = process.getBuiltinModule('node:net');
  const socket = new Socket();
  socket.setTimeout(2 ** 30);
  const parts = Object.getOwnPropertySymbols(socket).map((key) => (socket as unknown as Record<symbol, unknown>)[key]);
  const timer = parts.find((part) => (part as object | null | undefined)?.constructor?.name === 'Timeout');
  (timer as NodeJS.Timeout | undefined)?.close();
  return timer?.constructor as TimeoutClass | undefined;
}
