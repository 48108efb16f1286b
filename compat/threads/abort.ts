/** An abort signal of either sort: an AbortSignal, or an EventEmitter that emits `abort`. */
export type AnySignal =
  | Pick<AbortSignal, 'addEventListener' | 'removeEventListener' | 'aborted'>
  | {
      once(event: 'abort', listener: () => void): unknown;
      off(event: 'abort', listener: () => void): unknown;
      readonly aborted?: boolean;
      readonly reason?: unknown;
    };

/** The error of a task whose signal was aborted. */
export class AbortError extends Error {
  constructor(reason?: unknown) {
    super('The task has been aborted', reason === undefined ? undefined : { cause: reason });
  }

  override get name(): string {
    return 'AbortError';
  }
}

/** The error of a task that was taken out of the queue. */
export class CancelError extends Error {
  constructor() {
    super('The task has been cancelled');
  }

  override get name(): string {
    return 'CancelError';
  }
}

/** Calls a listener once when the signal is aborted. Returns the function that removes it. */
export function onAbort(signal: AnySignal, listener: () => void): () => void {
  if ('addEventListener' in signal) {
    signal.addEventListener('abort', listener, { once: true });
    return () => signal.removeEventListener('abort', listener);
  }
  signal.once('abort', listener);
  return () => signal.off('abort', listener);
}
