import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import type { MessageToMaster, MessageToWorker } from '../protocol/messages.ts';

/** The memory limits of a worker, in MB, as in `resourceLimits` of worker_threads. */
export interface ResourceLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  /** The memory for generated code. Threads only. */
  readonly codeRangeSizeMb?: number;
  readonly stackSizeMb?: number;
}

/** The data that a host needs to start one worker. */
export interface StartOptions {
  readonly kind: AnyKind;
  readonly workerId: string;
  /** The environment variables of the worker beside the inherited ones; `undefined` takes one of those away. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is `false` if the worker gets none of the variables of this process. */
  readonly inheritEnv: boolean;
  /** The data of the pool's workers, as the host must clone it for this one. */
  readonly workerData: unknown;
  /** The flags of Node. `undefined`: the flags of this process, as far as they make sense for a worker. */
  readonly execArgv: readonly string[] | undefined;
  readonly resourceLimits: ResourceLimits;
}

/** The events of a worker that a host reports. */
export interface HostEvents {
  message(message: MessageToMaster): void;
  /** Reports the exit, once, after the worker has really exited and all of its messages and output were reported. */
  exit(exit: WorkerExit): void;
  /** Reports a piece of the worker's output, in whole characters. */
  output(stream: 'stdout' | 'stderr', text: string): void;
}

/** The master's connection to one worker. */
export interface Connection {
  readonly pid?: number | undefined;
  readonly threadId?: number | undefined;
  /** Sends a message. A worker that is gone drops it silently. @throws if the message cannot be cloned */
  send(message: MessageToWorker, transfer?: readonly Transferable[]): void;
  /** Is true if `send` really moves the values of `transfer`: they cannot be sent a second time. @default false */
  readonly transfers?: boolean;
  /** Returns whether a value can be sent. Absent if every value that can be cloned can also be sent. */
  isSendable?(value: unknown): boolean;
  /** Returns the number of begun requests; `known` of them are certain. Absent if the host cannot know it exactly. */
  begun?(known: number): number;
  /** Stops the worker from beginning requests until it gets a Recall. Present only together with `begun`. */
  close?(): void;
  /**
   * Allows the worker to begin its requests up to this number, counted from 1; before the first call it may begin all.
   * `isWaiting`: the worker has the request already, and may sleep. Absent if the host cannot hold requests back.
   */
  allow?(number: number, isWaiting: boolean): void;
  /** Returns a lower bound: this many of the newest requests were never delivered. Absent if the host cannot know. */
  unsent?(): number;
  /** Ends the worker at once, even in the middle of a request. */
  kill(reason?: WorkerExit['reason']): void;
  /** Returns the share of the worker's life for which its event loop was busy. Absent if the host cannot know. */
  utilization?(): number;
  /** Sets whether the worker keeps the program alive. */
  ref(isNeeded: boolean): void;
}

/** An object that can move to a thread instead of being copied. */
export type Transferable = ArrayBuffer | import('node:worker_threads').MessagePort;

/** Starts one worker. A failure to start is reported as its exit. */
export type Host = (options: StartOptions, events: HostEvents) => Connection;
