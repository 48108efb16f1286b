import { readdirSync, readFileSync } from 'node:fs';
import type { WorkerInfo } from 'statepool';
import type { Note } from './jobs.ts';
import type { AnyPool } from './pool.ts';

/** Records events, and waits for later ones. */
export class Seen<T> {
  readonly all: T[] = [];
  readonly #waiting = new Set<() => void>();

  add(event: T): void {
    this.all.push(event);
    for (const check of [...this.#waiting]) check();
  }

  /** Returns the first event that satisfies a condition, past or future. */
  until(is: (event: T) => boolean): Promise<T> {
    return this.untilAll((all) => all.some(is)).then(() => this.all.find(is) as T);
  }

  /** Waits until all events so far satisfy a condition. */
  untilAll(is: (all: readonly T[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!is(this.all)) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }
}

/** A feedback as the pool emits it. */
export interface PoolFeedback {
  readonly feedback: Note;
  readonly worker: string;
}

/** The feedback of workers: a task of tests/fixtures/jobs.js reports its begin, with its key. */
export class Notes extends Seen<PoolFeedback> {
  constructor(pool: AnyPool) {
    super();
    pool.on('feedback', (feedback: PoolFeedback) => this.add(feedback));
  }

  /** Resolves with the worker's id and pid once the task of that key runs. */
  async begun(key: string): Promise<{ worker: string; pid: number }> {
    const { worker, feedback } = await this.until(({ feedback }) => feedback.begun === key);
    return { worker, pid: feedback.pid as number };
  }

  /** The keys of the begun tasks, in order. */
  get order(): unknown[] {
    return this.all.flatMap(({ feedback }) => ('begun' in feedback ? [feedback.begun] : []));
  }
}

/** Records every change of a worker's state. */
export function watchWorkers(pool: AnyPool): Seen<WorkerInfo> {
  const seen = new Seen<WorkerInfo>();
  pool.on('worker', (worker) => seen.add(worker));
  return seen;
}

/**
 * Returns whether a process runs. A process that exited but was not yet waited for does not run, once its last thread
 * is gone.
 */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^\d+ \(.*\) [ZX]/s.test(status) || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch (error) {
    // Without /proc only the signal can report it.
    return (error as { code?: string; path?: string }).path !== undefined && process.platform !== 'linux';
  }
}
