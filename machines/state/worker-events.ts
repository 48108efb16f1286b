import type { Verdict } from '../../kinds/kind.ts';
import type { WorkerExit } from './pool-state.ts';

/** An event of a worker's machine. The verdict that `useResponse` returns is such an event, unchanged. */
export type WorkerEvent =
  /** The handshake is complete: version and kind agree on both sides. */
  | { readonly type: 'ready' }
  /** Requests for a worker that is free, or has room for more, from the supervisor. */
  | { readonly type: 'dispatch'; readonly requests: readonly unknown[] }
  | Verdict
  /**
   * The current task ended without a verdict, and the worker is unchanged: `perform` threw, or nothing could be sent.
   */
  | { readonly type: 'keep' }
  /** The supervisor ends this worker on purpose, while it is free. */
  | { readonly type: 'retire' }
  /** The supervisor kills this worker. */
  | { readonly type: 'cancel' }
  /** The process or thread is gone: it ended by itself, crashed, or was killed. */
  | { readonly type: 'exit'; readonly exit: WorkerExit };
