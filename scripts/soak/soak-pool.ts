import type { HostName, Pool } from 'statepool';
import type { Chance } from './chance.ts';
import type { Group, SoakAnswer, SoakTask } from './chores.ts';
import type { Ledger, SoakNote } from './ledger.ts';
import type { Limits } from './limits.ts';
import type { Machine } from './machine.ts';

/** The types of the kind in worker.js. */
export interface SoakTypes {
  task: SoakTask;
  request: SoakTask;
  response: SoakAnswer;
  competence: number;
  result: SoakAnswer;
  feedback: SoakNote & { readonly aim?: number };
}

/** The settings that all pools share. */
export interface Setting {
  readonly host: HostName;
  readonly size: number;
  readonly seed: number;
  readonly faults: ReadonlySet<Group>;
  readonly ledger: Ledger;
  readonly machine: Machine;
  /** Limits resources, on systems that allow it. */
  readonly limits: Limits | undefined;
  /** The URL of worker.js, with the mark by which `machine` finds workers. */
  readonly url: string;
}

/** The places where the pool calls the kind or a listener during its work. */
export const hooks = [
  'requestOfTask',
  'taskMatch',
  'useResponse',
  'onPerformError',
  'onMarshalError',
  'onTaskCancellationOrExpirationOrWorkerDeath',
  'forwardFeedback',
  'extraEnv',
  'onFeedback',
  'the listener to task',
] as const;

/** A hook. */
export type Hook = (typeof hooks)[number];

/** An act of a hook on its own pool, with the task of the call if there is one. */
export type Act = (load: PoolUnderLoad, task: SoakTask | undefined) => void;

/** The acts planned for the next calls of hooks. */
export interface Mischief {
  /** Plans an act for the next call of that hook. */
  plan(hook: Hook, act: Act): void;
  /** Runs the act planned for this call of a hook. */
  at(hook: Hook, task?: SoakTask): void;
}

/** The pool of a round. */
export type SoakPool = Pool<SoakTask, number, SoakAnswer, SoakTypes['feedback']>;

/** A pool under load, with its disturbances. */
export interface PoolUnderLoad extends Setting {
  readonly pool: SoakPool;
  readonly hasHeartbeat: boolean;
  /** Sends quick workers several requests at a time. */
  readonly isWindowed: boolean;
  readonly mischief: Mischief;
  readonly chance: Chance;
  /** Does something after some ms; at once if the round ends earlier. */
  later(ms: number, what: () => void): void;
  /** Submits an extra task to the pool. */
  give(): void;
  /** Aborts the signal of a task, if it has one. */
  abort(task: SoakTask): void;
}
