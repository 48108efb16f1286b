import type { Verdict } from '../../kinds/kind.ts';
import type { WorkerExit } from './pool-state.ts';

/** An event of a worker. The verdict that `useResponse` returns is one of them as it stands. */
export type WorkerEvent =
  /** The handshake is over: version and kind agree on both sides. */
  | { readonly type: 'ready' }
  /** Requests for a free worker, from the supervisor. */
  | { readonly type: 'dispatch'; readonly requests: readonly unknown[] }
  | Verdict
  /** The task on hand ended without a verdict, and the worker is as it was: `perform` threw, or nothing could be sent. */
  | { readonly type: 'keep' }
  /** The supervisor ends this worker. */
  | { readonly type: 'cancel' }
  /** The process or thread is gone: it left by itself, crashed, or was killed. */
  | { readonly type: 'exit'; readonly exit: WorkerExit };
