import assert from 'node:assert';
import type { Verdict, WorkerStatus } from '../../kinds/kind.ts';
import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import type { Effect } from '../../machines/state/effects.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';

/** A task in the model. */
export interface ModelTask {
  /** The number of the task, from 0 in the order in which tasks entered. */
  readonly number: number;
  /** The class of the task. */
  readonly name: string;
  readonly task: unknown;
  /** The number of the caller's task at the root: the task itself, or the task whose cancel signal it inherited. */
  readonly root: number;
}

/** A worker in the model: the states of its machine and its process, and its undelivered messages. */
export interface Body {
  readonly seat: Seat;
  state: 'fresh' | 'busy' | 'old' | 'dead';
  /** `ending`: it runs the kind's `end`, for any time. */
  process: 'starting' | 'up' | 'ending' | 'killed' | 'gone';
  readonly inbox: WorkerEvent[];
  /** Is true if the worker has begun the first request that it holds. Only in a pool that prefetches. */
  hasBegun: boolean;
  /** Is true while the process performs a request, also if it was killed meanwhile. */
  isRunning: boolean;
  /** Is true if the worker may begin it: the answers before are judged. */
  mayBegin: boolean;
  /** Is true once a verdict has ended the worker, which still has to answer other requests. */
  isClosing: boolean;
}

/** The end of a task in the model. */
export type ModelEnd = 'result' | 'error' | string;

/** Returns the kind's verdict for an example answer or a throw; `undefined` leaves the worker unchanged. */
export function verdictOf(kind: ChartedKind, status: WorkerStatus, task: unknown, what: string): Verdict | undefined {
  if (what === 'throw') return kind.onPerformError?.(status, task, new Error('thrown'));
  const response = kind.examples?.responses[what]?.make(task);
  return kind.useResponse?.(status, task, response) ?? { type: 'stay', competence: undefined };
}

/** The error code of a task that ends without a verdict. */
export function codeOf({ cause }: Effect & { type: 'settle' }): string {
  if (cause.type === 'died') return 'WORKER_DIED';
  return cause.type === 'fault' ? 'KIND' : cause.type.toUpperCase();
}

/** Returns a task in a few words. */
export function show({ task }: Entry): string {
  const { name, number } = task as ModelTask;
  return `${name} #${number}`;
}

/** Lets a worker run the kind's `end`. @throws {AssertionError} if it has not started */
export function endProcess(body: Body): void {
  assert.notEqual(body.process, 'starting', `${body.seat.id} is ended on purpose before it has started`);
  if (body.process === 'up') body.process = 'ending';
}

/** Kills the process of a worker that still has one. */
export function killProcess(body: Body): void {
  if (!isGone(body)) body.process = 'killed';
}

/** Returns whether a worker's process has exited. */
export function isGone(body: Body | undefined): boolean {
  return body?.process === 'gone';
}

/** Returns how many of the requests that a worker holds it was sent: the first ones. */
export function sentTo({ seat, inbox }: Body): number {
  let sent = seat.held.length;
  for (const event of inbox) if (event.type === 'dispatch') sent -= event.requests.length;
  return sent;
}

/** Returns the status of a worker after the verdicts that its machine has not got. */
export function statusAfter({ seat, inbox }: Body): WorkerStatus {
  for (const event of inbox) if (event.type === 'stay') return { type: 'old', competence: event.competence };
  return seat.status;
}

/** Adds a verdict to those that the machine of a worker has not got. `end` waits for the other answers. */
export function addVerdict({ seat, inbox, ...body }: Body, verdict: WorkerEvent): boolean {
  const index = inbox.findIndex(({ type }) => type === 'stay' || type === 'keep' || type === 'end');
  const isClosing = body.isClosing || verdict.type === 'end';
  if (isClosing) {
    if (index >= 0) inbox.splice(index, 1);
    if (seat.held.length === 0) inbox.push({ type: 'end' });
  } else if (index < 0) inbox.push(verdict);
  else if (verdict.type !== 'keep') inbox[index] = verdict;
  seat.isJudged = true;
  return isClosing;
}

/** Returns an effect in words, if it shows in the outputs as it is. */
export function wordsOf(effect: Effect): string | undefined {
  switch (effect.type) {
    case 'spawn':
    case 'wait':
      return effect.type;
    case 'retire':
    case 'cancel':
      return `${effect.type} a worker`;
    case 'reportDeath':
      return 'report of a death';
    case 'announce':
      return effect.what;
    default:
      return undefined;
  }
}
