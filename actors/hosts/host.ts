import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import type { MessageToMaster, MessageToWorker } from '../protocol/messages.ts';

/** Memory limits of a worker, in MB; as worker_threads' `resourceLimits`. */
export interface ResourceLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  readonly stackSizeMb?: number;
}

/** What a host needs to start one worker. */
export interface StartOptions {
  readonly kind: AnyKind;
  readonly workerId: string;
  readonly env: Readonly<Record<string, string>>;
  /** Node's flags; `undefined`: those of this process, as far as they make sense for a worker. */
  readonly execArgv: readonly string[] | undefined;
  readonly resourceLimits: ResourceLimits;
}

/** What a host tells of a worker. */
export interface HostEvents {
  message(message: MessageToMaster): void;
  /** Once, when the process or thread has really exited and everything it had sent was told. */
  exit(exit: WorkerExit): void;
  /** A piece of what the worker wrote, whole characters only. */
  output(stream: 'stdout' | 'stderr', text: string): void;
}

/** The master's end of one worker. */
export interface Connection {
  readonly pid?: number | undefined;
  readonly threadId?: number | undefined;
  /** Sends. @throws where the message cannot be cloned; a worker that is gone takes it silently */
  send(message: MessageToWorker, transfer?: readonly Transferable[]): void;
  /** Whether what `send` is told to transfer really moves: it cannot be sent a second time. @default false */
  readonly transfers?: boolean;
  /** Whether a value can be sent, where not all that can be cloned can. */
  isSendable?(value: unknown): boolean;
  /** How many requests the worker has begun at this moment, `known` of which are certain; only where that is known exactly. */
  begun?(known: number): number;
  /** From now on, until it has got a Recall, the worker begins nothing; only beside `begun`. */
  close?(): void;
  /** How many of the requests that were sent last, at least, certainly never reached the worker; where that can be known. */
  unsent?(): number;
  /** Ends the worker at once, whatever it does. */
  kill(reason?: WorkerExit['reason']): void;
  /** The share of its life that the worker's event loop was at work, where that can be known. */
  utilization?(): number;
  /** Whether the worker keeps the program alive. */
  ref(isNeeded: boolean): void;
}

/** Something that can move to a thread instead of being copied. */
export type Transferable = ArrayBuffer | import('node:worker_threads').MessagePort;

/** Starts one worker; a failure to start is told as its exit. */
export type Host = (options: StartOptions, events: HostEvents) => Connection;
