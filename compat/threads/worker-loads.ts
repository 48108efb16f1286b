import type { WorkerInfo } from '../../actors/index.ts';
import type { QueuedTask } from './gate.ts';
import { Times, type TimesSummary } from './times.ts';

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

/** The key of the id of a worker in the object that a load balancer gets. */
const ID = Symbol('id');

/** The load of each worker of a pool. */
export class WorkerLoads {
  readonly #isTimed: boolean;
  readonly #noted: (event: 'workerCreate' | 'workerDestroy', load: WorkerLoad) => void;
  readonly #workers = new Map<
    string,
    { readonly tasks: Set<QueuedTask>; readonly times: Times; readonly load: WorkerLoad }
  >();

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
    if (id !== undefined) this.#workers.get(id)?.tasks.add(task);
    return id;
  }

  /** Notes that a task is over, after `ms` ms of work. */
  end(id: string | undefined, task: QueuedTask, ms: number | undefined): void {
    const worker = id === undefined ? undefined : this.#workers.get(id);
    worker?.tasks.delete(task);
    if (ms !== undefined) worker?.times.record(ms);
  }

  /** Notes the state of a worker. */
  note(worker: WorkerInfo): void {
    const { id, state } = worker;
    if (state !== 'dead') this.#get(worker);
    else if (this.#workers.has(id)) {
      const { load } = this.#get(worker);
      this.#workers.delete(id);
      Object.assign(load, { destroyed: true });
      this.#noted('workerDestroy', load);
    }
  }

  #get(worker: WorkerInfo) {
    const { id, threadId } = worker;
    const known = this.#workers.get(id);
    if (known !== undefined) return known;
    const tasks = new Set<QueuedTask>();
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
    const made = { tasks, times, load };
    this.#workers.set(id, made);
    this.#noted('workerCreate', load);
    return made;
  }
}
