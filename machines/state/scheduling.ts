/** The measured means of a pool. In ms; 0: not measured yet. */
export interface Means {
  /** The mean cost of another worker for a task: its start, if it must be a new one, and what it must load. */
  readonly cost: number;
  /** The mean time of a task in a worker that has loaded what it needs. */
  readonly work: number;
}

/** The number of tasks that workers took, by what the worker knew, and the number of rooms. */
export interface CompetenceCounts {
  /** Tasks that went to a worker which knew what they need. */
  hits: number;
  /** Tasks that went to a fresh worker. */
  fresh: number;
  /** Tasks that went to an old worker which knew something else, and switched. */
  switches: number;
  /** Workers that were ended to make room for a fresh one. */
  rooms: number;
}

/** The state of the queue at a tick: the turn of its last task, and its length. */
export interface Mark {
  readonly turn: number;
  readonly length: number;
}

/**
 * The part of a pool's state that weighs the wait for a busy worker against the cost of another one. The rules have no
 * clock: time comes as `impatient` events, ticks of a timer that the rules ask for while a task waits.
 */
export interface Scheduling {
  /** The user's limit on a wait, in ms; `undefined`: what another worker costs, as measured. */
  readonly patience: number | undefined;
  /** The number of ticks after which a task counts as aged, and a worker may be taken from its own tasks. */
  readonly age: number;
  means: Means;
  /** The number of ticks so far. */
  ticks: number;
  /** Is true while the timer of the next tick runs. */
  isWatched: boolean;
  /** The number of that timer: an earlier one that still runs makes no tick. */
  timer: number;
  /** The queue at each of the latest ticks. */
  readonly marks: Mark[];
  /** The turn of the last task that is aged. */
  agedTurn: number;
  readonly counts: CompetenceCounts;
}

/** Makes the state of scheduling for a new pool. */
export function createScheduling(patience?: number, age = 4): Scheduling {
  return {
    patience,
    age,
    means: { cost: 0, work: 0 },
    ticks: 0,
    isWatched: false,
    timer: 0,
    marks: [],
    agedTurn: patience === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    counts: { hits: 0, fresh: 0, switches: 0, rooms: 0 },
  };
}
