/**
 * The face for those who look at a running pool or read its journal: the inspector (inspect/), the drawing in the terminal
 * (bin/terminal/) and the goals that are decided (bin/prove/). They read, and change nothing.
 */
export { type InspectedPool, inspectPool } from './core/inspected-pool.ts';
export type { Watcher } from './core/pool-core.ts';
export { type Journal, openJournal } from './journal/journal.ts';
export { bodyOf, outcomeOf, outcomeText } from './journal/records.ts';
export type { AnyKind } from './kind-module/check-kind.ts';
export { nameOfHost } from './options/pool-options.ts';
export type { SupervisorActor } from './supervision/supervisor.ts';
