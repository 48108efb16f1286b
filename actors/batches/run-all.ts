import { checkRunAllOptions, type RunAllOptions } from '../options/run-options.ts';
import { Batch, type Ends, type Gate } from './batch.ts';
import { sourceOf } from './source.ts';

/** Runs all tasks as one batch, as `Pool.runAll` says. Never throws at the call. */
export function runAll(gate: Gate, tasks: Iterable<unknown>, options: RunAllOptions = {}): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    checkRunAllOptions(options);
    new AllTasks(gate, sourceOf('runAll', tasks) as Iterator<unknown>, options, resolve, reject).submit();
  });
}

/** One call of `runAll`: one promise for all tasks. */
class AllTasks implements Ends {
  readonly #batch: Batch;
  readonly #source: Iterator<unknown>;
  readonly #resolve: (results: unknown[]) => void;
  readonly #reject: (error: unknown) => void;
  readonly #results: unknown[] = [];
  #fulfilled = 0;
  #isDry = false;
  #isOver = false;

  constructor(
    gate: Gate,
    source: Iterator<unknown>,
    options: RunAllOptions,
    resolve: (results: unknown[]) => void,
    reject: (error: unknown) => void,
  ) {
    this.#batch = new Batch(gate, options, this);
    this.#source = source;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Submits the tasks, each when the queue has room for it. */
  submit(): void {
    try {
      while (!this.#isOver) {
        const { done, value } = this.#source.next();
        if (done) {
          this.#isDry = true;
          return this.#finish();
        }
        const waiting = this.#batch.start(this.#results.push(undefined) - 1, value);
        if (waiting !== undefined) return void waiting.then(() => this.submit());
      }
    } catch (error) {
      this.#isDry = true;
      this.#fail(error);
    }
  }

  fulfilled(index: number, result: unknown): void {
    this.#results[index] = result;
    this.#fulfilled++;
    this.#finish();
  }

  failed(_index: number, error: unknown): void {
    this.#fail(error);
  }

  #finish(): void {
    if (this.#isOver || !this.#isDry || this.#fulfilled < this.#results.length) return;
    this.#isOver = true;
    this.#batch.end();
    this.#resolve(this.#results);
  }

  /** Rejects with the first error, and cancels the other tasks. */
  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#batch.end();
    this.#reject(error);
    this.#batch.abort(new Error('another task of the same runAll has failed', { cause: error }));
    if (!this.#isDry) close(this.#source);
  }
}

/** Closes a source that has more items. Its error would hide that of the task. */
function close(source: Iterator<unknown>): void {
  try {
    source.return?.();
  } catch {}
}
