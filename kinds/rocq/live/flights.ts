import type { RocqRunner } from '../proving/run-task.ts';
import type { RocqResult, RocqTask } from '../proving/tasks.ts';
import { giveRank } from './order.ts';

interface Flight {
  readonly task: RocqTask;
  readonly result: Promise<RocqResult>;
  readonly controller: AbortController;
  /** The number of checks that wait for it. */
  waiting: number;
}

interface Entry {
  readonly task: RocqTask;
  run(): void;
}

/**
 * The tasks under way for one text. An edit begins a new check, and ends the one before: a task that both need goes
 * on, and all others are cancelled.
 */
export class Flights implements RocqRunner {
  readonly #pool: RocqRunner;
  readonly #rankOf: (task: RocqTask) => number;
  readonly #flights = new Map<string, Flight>();
  readonly #entries: Entry[] = [];

  constructor(pool: RocqRunner, rankOf: (task: RocqTask) => number) {
    this.#pool = pool;
    this.#rankOf = rankOf;
  }

  /** Runs a task, or waits for the same one of an earlier check. */
  run(task: RocqTask, { signal }: { readonly signal?: AbortSignal } = {}): Promise<RocqResult> {
    const id = idOf(task);
    const flight = this.#flights.get(id) ?? this.#start(id, task);
    flight.waiting++;
    return new Promise<RocqResult>((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal?.reason);
        if (--flight.waiting > 0) return;
        if (this.#flights.get(id) === flight) this.#flights.delete(id);
        flight.controller.abort(signal?.reason);
      };
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      flight.result
        .then(
          (result) => {
            // The task may be one of an earlier document: the later tasks of this one expire too.
            if (result.type === 'spineError' && 'document' in task) {
              task.document.limit = Math.min(task.document.limit, result.segment);
            }
            resolve(result);
          },
          (error) => {
            // It was one of an earlier document, in which an error or a joined proof stands before it.
            const isMine = flight.task === task || !('document' in task) || task.segment > task.document.limit;
            if (isMine || error?.code !== 'EXPIRED' || signal?.aborted) return reject(error);
            resolve(this.run(task, signal ? { signal } : {}));
          },
        )
        .finally(() => signal?.removeEventListener('abort', onAbort));
    });
  }

  /** Free workers take tasks as they come: all tasks of a check enter the queue by their rank. */
  #submit(entry: Entry): void {
    if (this.#entries.push(entry) > 1) return;
    queueMicrotask(() => {
      const entries = this.#entries.splice(0);
      const ranked = entries.map(({ task, run }) => ({ rank: this.#rankOf(task), run }));
      for (const { run } of ranked.sort((a, b) => a.rank - b.rank)) run();
    });
  }

  #start(id: string, task: RocqTask): Flight {
    giveRank(task, () => this.#rankOf(task));
    const controller = new AbortController();
    const result = new Promise<RocqResult>((resolve, reject) => {
      const run = (): void => {
        if (controller.signal.aborted) return reject(controller.signal.reason);
        this.#pool.run(task, { signal: controller.signal }).then(resolve, reject);
      };
      this.#submit({ task, run });
    });
    const flight: Flight = { task, result, controller, waiting: 0 };
    this.#flights.set(id, flight);
    const end = (): void => {
      if (this.#flights.get(id) === flight) this.#flights.delete(id);
    };
    result.then(end, end);
    return flight;
  }
}

/** Returns the content of a task: two tasks with the same content have the same result. */
function idOf(task: RocqTask): string {
  if (task.type === 'prove') return `prove ${task.key}`;
  if (task.type === 'spine') return `spine ${task.document.chain[task.segment]}`;
  throw new TypeError(`a check runs no task '${task.type}'`);
}
