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

/** What stays the same from pool to pool. */
export interface Setting {
  readonly host: HostName;
  readonly size: number;
  readonly seed: number;
  readonly faults: ReadonlySet<Group>;
  readonly ledger: Ledger;
  readonly machine: Machine;
  /** Takes resources away, where that can be done. */
  readonly limits: Limits | undefined;
  /** The URL of worker.js, with the mark that `machine` knows workers by. */
  readonly url: string;
}

/** Where a kind, or who listens to its pool, is called while the pool is at work. */
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

/** One of them. */
export type Hook = (typeof hooks)[number];

/** What a hook does to its own pool, with the task that it is called for where there is one. */
export type Act = (load: PoolUnderLoad, task: SoakTask | undefined) => void;

/** What hooks are to do the next time that they are called. */
export interface Mischief {
  /** The next call of that hook does this. */
  plan(hook: Hook, act: Act): void;
  /** A hook is called. */
  at(hook: Hook, task?: SoakTask): void;
}

/** The pool of a round. */
export type SoakPool = Pool<SoakTask, number, SoakAnswer, SoakTypes['feedback']>;

/** One pool under load, and what happens to it. */
export interface PoolUnderLoad extends Setting {
  readonly pool: SoakPool;
  readonly hasHeartbeat: boolean;
  /** Whether workers get several requests at a time, where they are quick. */
  readonly isWindowed: boolean;
  readonly mischief: Mischief;
  readonly chance: Chance;
  /** Does something after so many ms; at once when the round ends before. */
  later(ms: number, what: () => void): void;
  /** Gives the pool a task beside those of its callers. */
  give(): void;
  /** Aborts the signal of a task, where it has one. */
  abort(task: SoakTask): void;
}
