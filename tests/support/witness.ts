import { readdirSync, readFileSync } from 'node:fs';
import type { WorkerInfo } from 'statepool';
import type { Note } from './jobs.ts';
import type { AnyPool } from './pool.ts';

/** Remembers what has happened, and waits for what has not. */
export class Seen<T> {
  readonly all: T[] = [];
  readonly #waiting = new Set<() => void>();

  add(event: T): void {
    this.all.push(event);
    for (const check of [...this.#waiting]) check();
  }

  /** The first event of that sort, past or to come. */
  until(is: (event: T) => boolean): Promise<T> {
    return this.untilAll((all) => all.some(is)).then(() => this.all.find(is) as T);
  }

  /** Waits until everything seen so far is as it should be. */
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

/** A feedback as the pool tells it. */
export interface Told {
  readonly feedback: Note;
  readonly worker: string;
}

/** What workers say: a task of tests/fixtures/jobs.js says when it begins, with its key. */
export class Notes extends Seen<Told> {
  constructor(pool: AnyPool) {
    super();
    pool.on('feedback', (told: Told) => this.add(told));
  }

  /** Resolves with the worker's id and pid once the task of that key runs. */
  async begun(key: string): Promise<{ worker: string; pid: number }> {
    const { worker, feedback } = await this.until(({ feedback }) => feedback.begun === key);
    return { worker, pid: feedback.pid as number };
  }

  /** The keys of the tasks that have begun, in order. */
  get order(): unknown[] {
    return this.all.flatMap(({ feedback }) => ('begun' in feedback ? [feedback.begun] : []));
  }
}

/** Every change of a worker's state. */
export function watchWorkers(pool: AnyPool): Seen<WorkerInfo> {
  const seen = new Seen<WorkerInfo>();
  pool.on('worker', (worker) => seen.add(worker));
  return seen;
}

/** Whether a process runs: one that has exited and was not yet waited for does not, once its last thread is gone. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^\d+ \(.*\) [ZX]/s.test(status) || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch (error) {
    // Without /proc the signal alone must tell.
    return (error as { code?: string; path?: string }).path !== undefined && process.platform !== 'linux';
  }
}
