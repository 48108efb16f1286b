/**
 * Holds the statecharts of a pool and its workers, the rules behind them, and the chart of any kind.
 *
 * @module statepool/machines
 */

export { ChartError } from './chart-error.ts';
export { decide } from './decide.ts';
export type { ChartMeta, ChartState, ChartTransition, KindChart } from './kind-chart.ts';
export { kindChart } from './kind-chart.ts';
export type { Announcement } from './supervisor.ts';
export { supervisorMachine } from './supervisor.ts';
export type { SupervisorEvent } from './supervisor-events.ts';
export type { WorkerInput } from './worker.ts';
export { workerMachine } from './worker.ts';
export type { WorkerEvent } from './worker-events.ts';
