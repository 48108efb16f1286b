import { StatepoolError, WorkerDiedError } from '../../actors/index.ts';

/** Returns the error of a task as thread pools give it: the thrown error itself, or `exited` for a worker that left. */
export function failureOf(error: unknown, exited: (death: WorkerDiedError) => Error): unknown {
  if (error instanceof WorkerDiedError) {
    if (error.reason === 'exit' || error.reason === 'signal') return exited(error);
    return error.cause ?? error;
  }
  return error instanceof StatepoolError && error.code !== 'CANCELLED' ? (error.cause ?? error) : error;
}
