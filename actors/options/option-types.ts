import type { RestartLimits } from '../../machines/state/pool-state.ts';

/** The place where workers run: a process each, a thread each, or this process itself. */
export type HostName = 'process' | 'thread' | 'inline';

/** A line that a worker wrote. */
export interface OutputLine {
  /** The worker's id. */
  readonly worker: string;
  readonly stream: 'stdout' | 'stderr';
  /** The text without the line end. */
  readonly line: string;
}

/** A piece of the output of a worker. */
export interface OutputChunk {
  /** The worker's id. */
  readonly worker: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** The limits on the replacement of workers, and the waits between. Durations in ms. */
export interface RestartOptions extends RestartLimits {
  /** The most workers that may die by themselves within `window`. */
  readonly intensity: number;
  /** The time in which `intensity` counts deaths. */
  readonly window: number;
  /**
   * The age at which a worker counts as started: the death of a younger one that has held no task is a failed start.
   */
  readonly settle: number;
}

/** The limits on a worker's life: it ends when it has reached one of them. */
export interface RecycleLimits {
  /** The number of tasks that the worker has answered. */
  readonly tasks: number;
  /** The memory that the worker holds. In MB. */
  readonly memory: number;
  /** The time since the worker started. In ms. */
  readonly age: number;
}

/** The wait of a task for a busy worker that knows what it needs. In ms. */
export interface MakeRoomOptions {
  /**
   * The wait that a task accepts. Beyond it, another worker helps: a free one of a kind that prefers switches in place;
   * for a kind that refuses, a free old one ends and a fresh one takes its slot. After the same time a task whose key
   * nobody holds goes before the tasks of a worker's own key. 0: at once; Infinity: never. Tasks that no busy worker
   * takes get a fresh worker at once, whatever this is. @default what another worker costs, measured; four times that
   * for a task whose key nobody holds
   */
  readonly patience?: number;
}
