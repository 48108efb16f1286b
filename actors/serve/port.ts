import type { MessageToMaster, MessageToWorker } from '../protocol/messages.ts';

/** The worker's end of the channel to its master. */
export interface Port {
  /** Sends a message. The values of `transfer` move if the port `moves` values. @throws if it cannot be cloned */
  post(message: MessageToMaster, transfer?: readonly unknown[]): void;
  /** Is true if values can move to the master instead of being copied. @default false */
  readonly moves?: boolean;
  /** Returns whether a value can be sent. Absent if every value that can be cloned can also be sent. */
  isSendable?(value: unknown): boolean;
  /** Returns the next message that has come. Absent if the worker needs its event loop for that. */
  poll?(): MessageToWorker | undefined;
  /**
   * Sleeps at most `ms` ms until the next message comes; with `isBlocked` also until the next request may begin. Absent if
   * the worker needs its event loop for that.
   */
  next?(ms: number, isBlocked: boolean): MessageToWorker | undefined;
  /** Returns whether the worker's event loop waits for messages of the master only. Absent if the worker never sleeps. */
  isAlone?(): boolean;
  /** Runs the microtasks and raises the unhandled rejections. Absent if the worker shares its event loop. */
  tick?(): void;
  /** Claims the next request. Returns false if it must not begin. Absent if the master keeps no count. */
  claim?(): boolean;
  /** Returns whether the next request may begin: the master has judged the answer before. Absent if it always may. */
  isAllowed?(): boolean;
  /** Notes that only a message wakes the worker when its next request may begin. Returns false if it already may. */
  park?(): boolean;
  /** Notes that the worker has seen a recall. */
  reopen?(): void;
  /** Returns the memory that the worker holds, in bytes. Absent if the worker has no memory of its own. */
  memory?(): number;
}

/** The running main loop, as `serveOn` returns it. The host feeds it messages and reports the end of the worker. */
export interface Service {
  receive(message: MessageToWorker): void;
  /** Aborts the signal of the request that is being performed. */
  abort(reason: unknown): void;
  /** Reports an uncaught error to the master. `isTaken`: a listener takes it, and the worker may live. @default false */
  fatal(error: unknown, isTaken?: boolean): void;
  /** Sends everything that is not sent yet, before the worker exits. */
  exiting(): void;
}
