/**
 * Holds the statecharts of a pool and its workers, the rules behind them, and the chart of any kind.
 *
 * @module statepool/machines
 */

import { loadSupervisorMachine } from './supervisor.ts';
import { loadWorkerMachine } from './worker.ts';

export { ChartError } from './kind-chart/chart-error.ts';
export type { ChartMeta, ChartState, ChartTransition, KindChart } from './kind-chart/kind-chart.ts';
export { kindChart } from './kind-chart/kind-chart.ts';
export { decide } from './rules/decide.ts';
export type { SupervisorEvent } from './state/supervisor-events.ts';
export type { WorkerEvent } from './state/worker-events.ts';
export type { Announcement } from './supervisor.ts';
export type { WorkerInput } from './worker.ts';

/**
 * The machine of a worker, whose life is fresh, busy, old, busy, ..., dead. `fresh` and `old` are `worker_status` of
 * stm/asyncTaskQueue.mli; `busy` and `dead` are positions of its manager thread in its loop (stm/asyncTaskQueue.ml).
 */
export const workerMachine: ReturnType<typeof loadWorkerMachine> = loadWorkerMachine();

/**
 * The machine of a supervisor, which holds the queue, spawns and stops the workers' actors, and gives each free worker a
 * task that matches its status. The pure rules of `decide` say what it does about an event.
 *
 * OCaml: the manager's side of `MakeQueue` (stm/asyncTaskQueue.ml) and `WorkerPool` (stm/workerPool.ml).
 */
export const supervisorMachine: ReturnType<typeof loadSupervisorMachine> = loadSupervisorMachine();
