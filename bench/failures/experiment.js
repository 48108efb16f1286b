import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

// Keep the real one: rows may replace that of the program.
const { setTimeout } = globalThis;
const now = performance.now.bind(performance);

/** The time between two checks of a condition, in ms. */
const GLANCE = 5;

/**
 * Plays one row on one pool: submits tasks, waits for their ends and records observations. Calls `show` with the
 * observation after every change, so that the last one survives a crash of this process.
 *
 * An observation is `{ tasks, notes, uncaught, isDone }`. Each task has a `state` (`pending`, `resolved`, `rejected`,
 * or `threw` if `run` did), the flag `isLate` (settled only after the mark), and the recorded part of its `value` or
 * `error`.
 */
export class Experiment {
  observation = { tasks: {}, notes: {}, uncaught: [], isDone: false };
  #open;
  #patience;
  #log;
  #show;
  #isMarked = false;

  constructor({ open, patience, log, show }) {
    this.#open = open;
    this.#patience = patience;
    this.#log = log;
    this.#show = () => show(this.observation);
  }

  /** Opens the pool of this experiment. */
  open(options = {}) {
    this.pool = this.#open(options);
    return this.pool;
  }

  /**
   * Submits a task. `more` are its further properties, `options` those of its run; `wanted` is an `extra` that must
   * come back.
   */
  submit(name, deed = 'echo', { more = {}, options, wanted } = {}) {
    const outcome = { state: 'pending', isLate: false };
    this.observation.tasks[name] = outcome;
    const settle = (state, of) => {
      // A pool may settle a promise of its own twice.
      if (outcome.state !== 'pending') return;
      Object.assign(outcome, { state, isLate: this.#isMarked }, of);
      this.#show();
    };
    try {
      this.pool.run({ name, deed, ...more }, options).then(
        (value) => settle('resolved', { value: resultOf(value, wanted) }),
        (error) => settle('rejected', { error: errorOf(error), thrown: thrownOf(this.pool, error) }),
      );
    } catch (error) {
      settle('threw', { error: errorOf(error) });
    }
    this.#show();
  }

  /** Marks a moment: tasks that settle later are late, unless they are submitted after it. */
  mark() {
    if (!this.#areSettled(Object.keys(this.observation.tasks))) this.#isMarked = true;
  }

  /** Waits for those tasks, as long as patience lasts. */
  settled(...names) {
    return this.until(() => this.#areSettled(names));
  }

  /** Waits until a task has begun or cannot begin any more; returns its process, or `undefined`. */
  async begun(name) {
    const find = () => this.log().find(({ event, task }) => event === 'begun' && task === name);
    await this.until(() => find() !== undefined || this.#areSettled([name]));
    return find()?.pid;
  }

  /** Waits for a condition, as long as patience lasts; returns whether it holds. */
  async until(isSo, patience = this.#patience) {
    const end = now() + patience;
    while (!isSo()) {
      if (now() >= end) return false;
      await rest(GLANCE);
    }
    return true;
  }

  /** Calls a method that ends the pool, and notes under that name whether it resolves, rejects or hangs. */
  async end(name, call) {
    this.note(name, 'hangs');
    let isOver = false;
    const over = (how) => {
      isOver = true;
      this.note(name, how);
    };
    try {
      Promise.resolve(call()).then(
        () => over('resolves'),
        () => over('rejects'),
      );
    } catch {
      over('throws');
    }
    await this.until(() => isOver);
  }

  note(name, value) {
    this.observation.notes[name] = value;
    this.#show();
  }

  /** Returns the workers' records. */
  log() {
    return readLog(this.#log);
  }

  /** Records an uncaught error: without a listener it would end the program. */
  uncaught(error) {
    this.observation.uncaught.push(errorOf(error).message ?? String(error));
    this.#show();
  }

  done() {
    this.observation.isDone = true;
    this.#show();
  }

  #areSettled(names) {
    return names.every((name) => this.observation.tasks[name].state !== 'pending');
  }
}

/** Waits for a time, in ms: for events without a signal of their own. */
export const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns the lines that workers have written, without an incomplete last one. */
export function readLog(log) {
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** Returns whether a process or a thread of it runs: the first thread may exit before the others. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    const isOver = /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return !isOver || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/**
 * Returns the parts of a result that count: its task, the value that the task got, and whether the returned `extra` is
 * the same.
 */
function resultOf(value, wanted) {
  if (value === null || typeof value !== 'object') return { text: String(value) };
  const same = wanted === undefined ? {} : { isSame: isDeepStrictEqual(value.extra, wanted) };
  return {
    of: value.name,
    got: value.got,
    ...same,
    ...(value.name === undefined ? { text: JSON.stringify(value) } : {}),
  };
}

/** Returns an error as its caller sees it. */
function errorOf(error) {
  const isError = error instanceof Error;
  const { name, message, code, history } = isError ? error : {};
  if (!isError) return { isError, text: error === undefined ? 'undefined' : JSON.stringify(error) };
  const details = `${message} ${error.cause?.message ?? ''} ${error.stderrTail ?? ''}`;
  return { isError, name, message, code, details, tries: history?.length };
}

/** Returns the remaining parts of an error that the task threw. */
function thrownOf(pool, error) {
  const thrown = pool.thrownOf?.(error) ?? error;
  if (thrown === null || typeof thrown !== 'object') return {};
  const { name, message, code, details, cause, stack } = thrown;
  return {
    name,
    message,
    code,
    details,
    hasStack: typeof stack === 'string' && stack.includes('deeds.cjs'),
    cause: cause?.message,
    errors: cause?.errors?.map?.((each) => each?.message),
  };
}
