import type { WorkerInfo } from '../../actors/index.ts';
import type { QueuedTask, TaskInfo } from '../threads/gate.ts';
import { Times, type TimesSummary } from '../threads/times.ts';

/** A worker, and the tasks that it was given by a load balancer. */
export interface WorkerLoad {
  /** The id of the thread. */
  readonly id: number | undefined;
  /** The number of its tasks; `Infinity` for a task that may be aborted. */
  readonly currentUsage: number;
  readonly isRunningAbortableTask: boolean;
  readonly histogram: TimesSummary | null;
  readonly terminating: boolean;
  readonly destroyed: boolean;
}

/**
 * Makes a load balancer that chooses the worker with the fewest tasks, and with fewer than `most`. A task that may be aborted
 * shares no worker: its abort ends the worker.
 */
export function leastBusy(most: number) {
  return (task: TaskInfo, workers: readonly WorkerLoad[]): WorkerLoad | null => {
    let best: WorkerLoad | null = null;
    for (const worker of workers) {
      const limit = Math.min(task.isAbortable ? 1 : most, best?.currentUsage ?? Number.POSITIVE_INFINITY);
      if (worker.currentUsage < limit) best = worker;
    }
    return best;
  };
}

/** The key of the id of a worker in the object that a load balancer gets. */
const ID = Symbol('id');

/** The load of each worker of a pool. */
export class WorkerLoads {
  readonly #isTimed: boolean;
  readonly #noted: (event: 'workerCreate' | 'workerDestroy', load: WorkerLoad) => void;
  readonly #workers = new Map<string, { readonly times: Times; readonly load: WorkerLoad }>();
  readonly #tasks = new Map<string, Set<QueuedTask>>();

  readonly #holders = new Map<QueuedTask, string>();

  /** `noted` is called when a worker comes and when it goes. `isTimed`: loads have histograms. */
  constructor(isTimed: boolean, noted: (event: 'workerCreate' | 'workerDestroy', load: WorkerLoad) => void) {
    this.#isTimed = isTimed;
    this.#noted = noted;
  }

  /** Returns the loads of some workers. */
  of(workers: readonly WorkerInfo[]): WorkerLoad[] {
    return workers.map((worker) => this.#get(worker).load);
  }

  /** Gives a task to the worker that a load balancer has chosen. Returns its id. */
  give(chosen: object | null | undefined, task: QueuedTask): string | undefined {
    const id = (chosen as { readonly [ID]?: string } | null | undefined)?.[ID];
    if (id !== undefined) this.hold(id, task);
    return id;
  }

  /** Notes the worker that has a task. */
  hold(id: string, task: QueuedTask): void {
    this.end(task, undefined);
    this.#tasksOf(id).add(task);
    this.#holders.set(task, id);
  }

  /** Returns the id of the worker that has a task. */
  holderOf(task: QueuedTask): string | undefined {
    return this.#holders.get(task);
  }

  /** Notes that a task is over, after `ms` ms of work. */
  end(task: QueuedTask, ms: number | undefined): void {
    const id = this.#holders.get(task);
    if (id === undefined) return;
    this.#holders.delete(task);
    this.#tasks.get(id)?.delete(task);
    if (ms !== undefined) this.#workers.get(id)?.times.record(ms);
  }

  /** Returns whether a worker has no task. */
  isFree(id: string): boolean {
    return (this.#tasks.get(id)?.size ?? 0) === 0;
  }

  /** Notes the state of a worker. */
  note(worker: WorkerInfo): void {
    const { id, state } = worker;
    if (state !== 'dead') this.#get(worker);
    else if (this.#workers.has(id)) {
      const { load } = this.#get(worker);
      this.#workers.delete(id);
      this.#tasks.delete(id);
      Object.assign(load, { destroyed: true });
      this.#noted('workerDestroy', load);
    }
  }

  #tasksOf(id: string): Set<QueuedTask> {
    let tasks = this.#tasks.get(id);
    if (tasks === undefined) {
      tasks = new Set();
      this.#tasks.set(id, tasks);
    }
    return tasks;
  }

  #get(worker: WorkerInfo) {
    const { id, threadId } = worker;
    const known = this.#workers.get(id);
    if (known !== undefined) return known;
    const tasks = this.#tasksOf(id);
    const times = new Times();
    const isTimed = this.#isTimed;
    const load = {
      [ID]: id,
      id: threadId,
      get currentUsage() {
        return this.isRunningAbortableTask ? Number.POSITIVE_INFINITY : tasks.size;
      },
      get isRunningAbortableTask() {
        return tasks.size === 1 && [...tasks][0]?.isAbortable === true;
      },
      get histogram() {
        return isTimed ? times.summary : null;
      },
      terminating: false,
      destroyed: false,
    };
    const made = { times, load };
    this.#workers.set(id, made);
    this.#noted('workerCreate', load);
    return made;
  }
}
