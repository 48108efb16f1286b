import type { PerformContext } from '../../kinds/kind.ts';
import { encodeError } from '../errors/error-codec.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import { setImmediate } from '../platform/platform.ts';
import { type MessageToMaster, ToMaster } from '../protocol/messages.ts';
import { Thrown, Unread } from './answer-buffer.ts';

/** Stands for the answer of a `perform` that has not settled. */
export const PENDING: unique symbol = Symbol('pending');

/** Calls a function and ignores its error: the channel may be gone already, and the worker is about to die anyway. */
export function attempt(act: () => void): void {
  try {
    act();
  } catch {}
}

/** Returns whether a value is a promise, or behaves like one. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/**
 * Calls the kind's `perform`. Returns its answer, or `PENDING` if it gave a promise: `settled` gets the answer then. An
 * answer may be an error, and so may be the answer to a request that cannot be read.
 */
export function callPerform(
  kind: AnyKind,
  request: unknown,
  context: PerformContext,
  settled: (answer: unknown) => void,
): unknown {
  try {
    const answer = request instanceof Unread ? request : kind.perform(request, context);
    if (!isThenable(answer)) return answer;
    Promise.resolve(answer).then(settled, (error) => settled(new Thrown(encodeError(error))));
    return PENDING;
  } catch (error) {
    return new Thrown(encodeError(error));
  }
}

/**
 * Calls the kind's `end`, and reports that it is over, with its error if there was one. A rejection that nobody handles
 * shows after the microtasks: the report waits for that.
 */
export function callEnd(kind: AnyKind, post: (message: MessageToMaster) => void): void {
  new Promise<void>((resolve) => resolve(kind.end?.())).then(
    () => setImmediate(() => post([ToMaster.Ended])),
    (error) => post([ToMaster.Ended, encodeError(error)]),
  );
}
