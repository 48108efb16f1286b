import type { Verdict, WorkerStatus } from '../../kinds/kind.ts';
import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import type { Effect } from '../../machines/state/effects.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';

/** A task in the model. */
export interface ModelTask {
  /** Counted from 0 in the order in which tasks entered. */
  readonly number: number;
  /** Its class. */
  readonly name: string;
  readonly task: unknown;
  /** The task of a caller's that it comes from: itself, or the one whose cancel signal it has inherited. */
  readonly root: number;
}

/** A worker in the model: where its machine and its process stand, and what is on its way to it. */
export interface Body {
  readonly seat: Seat;
  state: 'fresh' | 'busy' | 'old' | 'dead';
  process: 'starting' | 'up' | 'killed' | 'gone';
  readonly inbox: WorkerEvent[];
}

/** How a task of the model ended. */
export type ModelEnd = 'result' | 'error' | string;

/** What a kind makes of an example answer, or of a throw; `undefined`: the worker is as it was. */
export function verdictOf(kind: ChartedKind, status: WorkerStatus, task: unknown, what: string): Verdict | undefined {
  if (what === 'throw') return kind.onPerformError?.(status, task, new Error('thrown'));
  const response = kind.examples?.responses[what]?.make(task);
  return kind.useResponse?.(status, task, response) ?? { type: 'stay', competence: undefined };
}

/** The code of the error with which a task ends that has no verdict. */
export function codeOf({ cause }: Effect & { type: 'settle' }): string {
  if (cause.type === 'died') return 'WORKER_DIED';
  return cause.type === 'fault' ? 'KIND' : cause.type.toUpperCase();
}

/** A task in a few words. */
export function show({ task }: Entry): string {
  const { name, number } = task as ModelTask;
  return `${name} #${number}`;
}
