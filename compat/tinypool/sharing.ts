import type { QueuedTask } from '../threads/gate.ts';

/** The tasks of each worker, where several may share one. A task that may be aborted shares none: its abort ends the worker. */
export class Sharing {
  readonly #tasks = new Map<string, Set<QueuedTask>>();

  /** Notes that a worker has a task. */
  hold(worker: string, task: QueuedTask): void {
    const tasks = this.#tasks.get(worker);
    if (tasks === undefined) this.#tasks.set(worker, new Set([task]));
    else tasks.add(task);
  }

  /** Notes that a worker has a task no more. */
  release(worker: string, task: QueuedTask): void {
    const tasks = this.#tasks.get(worker);
    tasks?.delete(task);
    if (tasks?.size === 0) this.#tasks.delete(worker);
  }

  /** Returns whether a worker may take a task beside those that it has. */
  admits(worker: string, task: QueuedTask): boolean {
    const tasks = this.#tasks.get(worker);
    return tasks === undefined || ![task, ...tasks].some(({ isAbortable }) => isAbortable);
  }
}
