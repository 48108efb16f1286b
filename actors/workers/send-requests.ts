import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { wordsOf } from '../errors/error-codec.ts';
import { marshalPath } from '../errors/marshal-path.ts';
import type { Connection } from '../hosts/host.ts';
import { record } from '../observing/histograms.ts';
import { performanceNow } from '../platform/platform.ts';
import { canShareMessage } from '../protocol/codec.ts';
import { ToWorker } from '../protocol/messages.ts';
import type { TaskEntry } from '../tasks/task-entry.ts';
import { limitRun } from '../tasks/time-limits.ts';
import { failMarshal } from '../tasks/verdict.ts';
import { numberOf } from './worker-feedback.ts';

/**
 * Sends requests that the seat already holds. One that cannot be cloned fails alone and leaves the seat, and the worker
 * is unchanged.
 */
export function sendRequests(core: PoolCore, seat: Seat, connection: Connection, requests: readonly unknown[]): void {
  if (requests.length === 0) return;
  const { timings } = core;
  const since = timings === undefined ? 0 : performanceNow();
  // Half of the window at a time: while the master handles the answers to one half, the worker performs the other.
  const half = core.state.rules.concurrency > 1 ? requests.length : Math.ceil(seat.window / 2);
  let index = seat.held.length - requests.length;
  for (let i = 0; i < requests.length; i += half) {
    index = sendSome(core, seat, connection, requests.slice(i, i + half), index);
  }
  if (timings !== undefined) record(timings.marshal, performanceNow() - since);
}

/** Sends the requests that the seat holds from `index` on; returns the index after those that were really sent. */
function sendSome(
  core: PoolCore,
  seat: Seat,
  connection: Connection,
  requests: readonly unknown[],
  index: number,
): number {
  const end = index + requests.length;
  const isMoving = requests.length > 1 && seat.held.slice(index, end).some(({ transfers }) => transfers);
  if (!isMoving && canShareMessage(requests)) {
    connection.send([ToWorker.Requests, requests]);
    if (core.state.rules.concurrency > 1) for (let i = index; i < end; i++) begin(core, seat, i);
    if (core.hasMessages) for (let i = index; i < end; i++) sendMessages(core, seat, connection, i);
    return end;
  }
  let next = index;
  for (const request of requests) if (sendOne(core, seat, connection, request, next)) next++;
  return next;
}

/** Numbers a request that was sent, and limits its run: a worker that performs several begins it when it comes. */
function begin(core: PoolCore, seat: Seat, index: number): void {
  const entry = seat.held[index] as TaskEntry;
  entry.number = answeredBy(seat) + index + 1;
  if (seat.hasStarted) limitRun(core, entry);
}

/** Sends the messages that the caller of a task had for the worker before its request was sent. */
function sendMessages(core: PoolCore, seat: Seat, connection: Connection, index: number): void {
  const entry = seat.held[index] as TaskEntry;
  if (entry.messages === undefined) return;
  entry.messages.areSent = true;
  const number = numberOf(core, seat, entry);
  for (const message of entry.messages.kept) connection.send([ToWorker.Message, number, message]);
}

/** Sends one request; returns false if it could not be cloned, and its task has failed. */
function sendOne(core: PoolCore, seat: Seat, connection: Connection, request: unknown, index: number): boolean {
  const entry = seat.held[index] as TaskEntry;
  try {
    connection.send([ToWorker.Request, request], entry.options?.transfer);
    if (entry.transfers && connection.transfers === true) entry.isSpent = true;
    if (core.state.rules.concurrency > 1) begin(core, seat, index);
    if (core.hasMessages) sendMessages(core, seat, connection, index);
    return true;
  } catch (error) {
    seat.held.splice(index, 1);
    seat.tasks--;
    const message = wordsOf(error);
    if (entry.place !== 'settled') {
      failMarshal(
        core,
        entry,
        'MARSHAL_REQUEST',
        marshalPath(request, 'request', connection.isSendable),
        message,
        error,
      );
    }
    return false;
  }
}
