import { type ChildProcessByStdio, type SpawnOptions, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { killEngine, rssOf } from '../../engine/child.ts';
import { EngineDiedError, EngineMissingError } from '../text/errors.ts';

/**
 * Returns the path of a program on PATH, or `undefined`.
 *
 * @example
 * import { findProgram } from 'statepool/kinds';
 *
 * const engine = findProgram('z3') === undefined ? 'z3-wasm' : 'z3';
 */
export function findProgram(name: string): string | undefined {
  // A path names the program itself.
  if (name.includes('/')) return isProgram(name) ? name : undefined;
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const file of names) {
      const path = join(folder, file);
      if (isProgram(path)) return path;
    }
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The settings of glibc's allocator for a solver. A context that ends gives its memory back to the system, and the next
 * one takes it again: the page faults cost as much as the goals. Settings of the user come first.
 */
const KEEPING_MEMORY = {
  MALLOC_TRIM_THRESHOLD_: String(1 << 28),
  MALLOC_MMAP_THRESHOLD_: String(1 << 27),
  MALLOC_TOP_PAD_: String(1 << 24),
};

/** The output of a solver process, and whether the process ended: cvc5 ends at the first command that it refuses. */
export interface Printed {
  readonly text: string;
  readonly ended: boolean;
}

interface Waiter {
  readonly mark: string;
  resolve(printed: Printed): void;
  reject(error: Error): void;
}

/** The solvers of this process. They share one listener: Node warns of more than ten. */
const running = new Set<NativeProcess>();

function endAll(): void {
  for (const solver of running) solver.kill('its worker ended');
}

/**
 * A solver process that reads texts and answers each up to an echoed mark, in their order. A text may be sent before
 * the answers to earlier ones are there. In the worker.
 *
 * The process ends when its standard input closes. A solver in the middle of a check does not notice this; on Linux
 * with `setpriv` the system also kills it when its parent dies.
 */
export class NativeProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #printed = '';
  /** The part of `#printed` in which the next mark is not. */
  #searched = 0;
  #complaints = '';
  readonly #waiters: Waiter[] = [];
  #marks = 0;
  #gone: string | undefined;

  constructor(program: string, args: readonly string[]) {
    const path = findProgram(program);
    if (path === undefined) {
      throw new EngineMissingError(`engine '${program}' is not on PATH: install ${program}, or use another engine`);
    }
    const keeper = process.platform === 'linux' ? findProgram('setpriv') : undefined;
    // The solver has its own process group. A signal to the program's group, such as the one of Ctrl-C, reaches only
    // the program, which handles it.
    const env = { ...KEEPING_MEMORY, ...process.env };
    const options = { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env } satisfies SpawnOptions;
    this.#child = keeper ? spawn(keeper, ['--pdeathsig', 'KILL', path, ...args], options) : spawn(path, args, options);
    // This listener comes first: a process that the system does not start has no id, and some or all of its pipes are
    // missing.
    this.#child.on('error', (error) => this.#end(`${program} could not start: ${error.message}`));
    // A solver that has ended breaks its pipes; its exit gives the better message.
    for (const pipe of this.#child.stdio ?? []) pipe?.on('error', () => {});
    if (this.#child.pid === undefined) return;
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    this.#child.on('close', (code, signal) => this.#end(`${program} ended with ${signal ?? `exit code ${code}`}`));
    if (running.size === 0) process.once('exit', endAll);
    running.add(this);
    this.#hold(false);
  }

  /** The id of the process; `undefined` if the system did not start it. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Is `true` after the process has ended. */
  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /**
   * Sends a text and resolves with all output for it. @throws {EngineDiedError} when the process ends before it answers
   */
  ask(text: string): Promise<Printed> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== undefined) return reject(new EngineDiedError(this.#gone));
      const mark = `statepool-${++this.#marks}-mark`;
      this.#waiters.push({ mark, resolve, reject });
      if (this.#waiters.length === 1) this.#hold(true);
      if (this.#child.pid !== undefined) this.#write(`${text}\n(echo "${mark}")\n`);
    });
  }

  /** Writes a text. Texts of the same turn of the loop are one write. */
  #write(text: string): void {
    const { stdin } = this.#child;
    if (stdin.writableCorked === 0) {
      stdin.cork();
      process.nextTick(() => stdin.uncork());
    }
    stdin.write(text);
  }

  /** Kills the process; a pending question rejects. The program waits for the death: it leaves no solver behind. */
  kill(reason: string): void {
    this.#end(reason);
    killEngine(this.#child);
    if (this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined) {
      this.#child.ref();
    }
  }

  /** Returns the resident memory of the process in bytes; 0 if the system does not report it. */
  rss(): number {
    return rssOf(this.#child);
  }

  #read(text: string): void {
    this.#printed += text;
    for (let waiter = this.#waiters[0]; waiter !== undefined; waiter = this.#waiters[0]) {
      const at = this.#printed.indexOf(waiter.mark, this.#searched);
      const end = at < 0 ? -1 : this.#printed.indexOf('\n', at);
      if (end < 0) {
        // The mark may have come in part.
        this.#searched = Math.max(0, this.#printed.length - waiter.mark.length - 1);
        return;
      }
      // cvc5 echoes a string with its quotes, Z3 without.
      const answer = this.#printed.slice(0, at).replace(/"$/, '');
      this.#printed = this.#printed.slice(end + 1);
      this.#searched = 0;
      this.#waiters.shift();
      if (this.#waiters.length === 0) this.#hold(false);
      waiter.resolve({ text: answer, ended: false });
    }
  }

  #end(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = this.#complaints === '' ? reason : `${reason}: ${this.#complaints.trim()}`;
    running.delete(this);
    if (running.size === 0) process.off('exit', endAll);
    if (this.#waiters.length > 0) this.#hold(false);
    for (const [i, waiter] of this.#waiters.splice(0).entries()) {
      if (i === 0 && this.#printed.includes('(error')) waiter.resolve({ text: this.#printed, ended: true });
      else waiter.reject(new EngineDiedError(this.#gone));
    }
  }

  /** Keeps this worker alive while a question is pending: an idle solver does not keep it alive. */
  #hold(active: boolean): void {
    if (this.#child.pid === undefined) return;
    const handles = [this.#child, this.#child.stdin, this.#child.stdout, this.#child.stderr] as {
      ref?(): void;
      unref?(): void;
    }[];
    for (const handle of handles) {
      if (active) handle.ref?.();
      else handle.unref?.();
    }
  }
}
