export { decide } from './decide.ts';
export type { Announcement } from './supervisor.ts';
export { supervisorMachine } from './supervisor.ts';
export type { SupervisorEvent } from './supervisor-events.ts';
export type { WorkerInput } from './worker.ts';
export { workerMachine } from './worker.ts';
export type { WorkerEvent } from './worker-events.ts';
