import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { killEngine, rssOf } from '../../engine/child.ts';
import { findProgram } from '../../smt/engine/native-process.ts';
import { RocqError } from './errors.ts';
import { type XmlNode, XmlReader } from './xml.ts';

/** The time in ms after which a call is taken to be in the middle of its work. */
const LASTS = 20;
/** The time in ms for which a measurement of the memory is good. */
const RSS_LASTS = 50;

interface Waiter {
  resolve(node: XmlNode): void;
  reject(error: Error): void;
}

/**
 * The process of an engine: it reads calls and answers each with one value, after any number of feedbacks. In the worker.
 *
 * The process ends when its standard input closes. An engine in the middle of a proof does not notice this; on Linux the
 * system kills it when its parent dies (`setpriv`).
 */
export class EngineProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiters: Waiter[] = [];
  readonly #onSettled: (() => void)[] = [];
  #stopped: RocqError | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #complaints = '';
  #gone: RocqError | undefined;
  #rss = { bytes: 0, until: 0 };
  #onExit = (): void => this.kill(new RocqError('ROCQ_DIED', 'its worker ended'));

  constructor(path: string, args: readonly string[], folder: string | undefined, onFeedback: (node: XmlNode) => void) {
    const keeper = process.platform === 'linux' ? findProgram('setpriv') : undefined;
    const [program, all] = keeper ? [keeper, ['--pdeathsig', 'KILL', path, ...args]] : [path, args];
    // A group of its own: a Ctrl-C reaches only the program, which ends its workers.
    this.#child = spawn(program, all, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      ...(folder === undefined ? {} : { cwd: folder }),
    });
    this.#child.on('error', (error) => this.#end(`could not start: ${error.message}`));
    for (const pipe of this.#child.stdio ?? []) pipe?.on('error', () => {});
    if (this.#child.pid === undefined) return;
    const reader = new XmlReader((node) => {
      if (node.tag === 'value') this.#settle()?.resolve(node);
      else if (node.tag === 'feedback') onFeedback(node);
    });
    this.#child.stdout.setEncoding('latin1').on('data', (text: string) => reader.push(text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    this.#child.on('close', (code, signal) => this.#end(`ended with ${signal ?? `exit code ${code}`}`));
    process.once('exit', this.#onExit);
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
   * Sends a call and resolves with its value. Calls may be sent before earlier ones are answered: `onValue` runs at once,
   * before anything that follows the value is read. @throws {RocqError} when the process ends first
   */
  call(name: string, argument: string, onValue: () => void): Promise<XmlNode> {
    return new Promise((resolve, reject) => {
      if (this.#gone || this.#stopped) return reject(this.#gone ?? this.#stopped);
      const settle = (node: XmlNode): void => {
        onValue();
        resolve(node);
      };
      this.#waiters.push({ resolve: settle, reject });
      this.#hold(true);
      this.#child.stdin.write(Buffer.from(`<call val="${name}">${argument}</call>`, 'latin1'));
    });
  }

  /**
   * Interrupts the call under way, and then each one that was sent before: calls that follow reject at once, until
   * `settled` resolves.
   */
  interrupt(): void {
    if (this.#gone || this.#stopped) return;
    this.#stopped = new RocqError('ROCQ_STOPPED', 'its work was interrupted');
    this.#signal();
  }

  #signal(): void {
    if (this.#waiters.length > 0) this.#child.kill('SIGINT');
  }

  /** Resolves when all calls that were sent before an interrupt are answered. @throws {RocqError} if the process ended */
  async settled(): Promise<void> {
    if (this.#waiters.length > 0) await new Promise<void>((resolve) => this.#onSettled.push(resolve));
    this.#stopped = undefined;
    if (this.#gone) throw this.#gone;
  }

  /** Kills the process; pending calls reject with this error. */
  kill(reason: RocqError): void {
    this.#fail(reason);
    killEngine(this.#child);
  }

  /** Returns the resident memory of the process in bytes, some ms old; 0 if the system does not report it. */
  rss(): number {
    const now = performance.now();
    if (now < this.#rss.until) return this.#rss.bytes;
    // The system walks through the memory: after each light proof that would cost more than the proof.
    this.#rss = { bytes: rssOf(this.#child), until: now + RSS_LASTS };
    return this.#rss.bytes;
  }

  #end(what: string): void {
    const complaints = this.#complaints.trim();
    this.#fail(new RocqError('ROCQ_DIED', `the engine ${what}${complaints === '' ? '' : `: ${complaints}`}`));
  }

  #fail(reason: RocqError): void {
    if (this.#gone) return;
    this.#gone = reason;
    process.off('exit', this.#onExit);
    for (let waiter = this.#settle(); waiter; waiter = this.#settle()) waiter.reject(reason);
  }

  #settle(): Waiter | undefined {
    const waiter = this.#waiters.shift();
    if (this.#waiters.length > 0) {
      // The engine dies of a signal between two calls: only a call that lasts gets one.
      clearTimeout(this.#again);
      if (this.#stopped) this.#again = setTimeout(() => this.#signal(), LASTS);
      return waiter;
    }
    clearTimeout(this.#again);
    this.#hold(false);
    for (const resolve of this.#onSettled.splice(0)) resolve();
    return waiter;
  }

  /** Keeps this worker alive while a call is pending: an idle engine does not keep it alive. */
  #hold(isBusy: boolean): void {
    if (this.#child.pid === undefined) return;
    const { stdin, stdout, stderr } = this.#child;
    for (const handle of [this.#child, stdin, stdout, stderr] as { ref?(): void; unref?(): void }[]) {
      if (isBusy) handle.ref?.();
      else handle.unref?.();
    }
  }
}
