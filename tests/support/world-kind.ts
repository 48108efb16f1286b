import type { Compare, Entry } from '../../machines/queue/entry.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import type { Accept } from '../../machines/queue/queue.ts';
import { TaskQueue } from '../../machines/queue/task-queue.ts';
import { type Matching, UNMATCHED } from '../../machines/state/matching.ts';
import { createPoolState, type Fault, type PoolState, type Rules } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';

/** A task of the fake world: its statuses, and its fate. */
export interface Task {
  readonly rank: number;
  readonly makes: 'request' | 'nothing' | 'fault';
  /** The number of deaths after which its kind retries it. */
  tries: number;
}

/** The use of competences in a fake world: by `taskMatch` alone, with keys that are required or preferred, by `prefers`. */
export type Mode = 'match' | 'require' | 'prefer' | 'hook';

/** The orders of a fake world. */
export const orders: readonly (Compare | undefined)[] = [
  undefined,
  (a, b) => ((a as Task).rank % 2) - ((b as Task).rank % 2),
  (a, b) => (b as Task).rank - (a as Task).rank,
];

/** Returns how the workers of a fake world choose their tasks. */
export function matchingIn(mode: Mode): Matching {
  const keys = mode === 'require' || mode === 'prefer' ? mode : undefined;
  return {
    ...UNMATCHED,
    isPicky: true,
    isStrict: true,
    keys,
    preference: mode === 'prefer' ? 'keys' : mode === 'hook' ? 'hook' : 'none',
    hasKeyOfCompetence: keys !== undefined,
  };
}

/** Returns the key of a competence in a fake world. */
function keyIn(mode: Mode, competence: unknown): string | undefined {
  return mode === 'require' || mode === 'prefer' ? String(Number(competence) % 2) : undefined;
}

/** Returns whether a status may take a task; `outside` stands for what the kind's hooks look at beside the task. */
export function acceptsIn(mode: Mode, outside: number, { status, key }: MatchCursor, entry: Entry): boolean {
  const { rank } = entry.task as Task;
  if (status.type === 'fresh') return (rank + outside) % 3 !== 0;
  if (mode === 'require' && entry.key !== undefined && entry.key !== key) return false;
  return (rank + Number(status.competence) + outside) % 4 < 2;
}

/** Returns whether a status prefers a task that it may take. */
export function prefersIn(mode: Mode, { status, key }: MatchCursor, entry: Entry): boolean {
  if (mode === 'prefer') return entry.key === undefined || (status.type === 'old' && entry.key === key);
  if (mode !== 'hook') return true;
  return status.type === 'old' && (entry.task as Task).rank % 2 === Number(status.competence) % 2;
}

/** Returns whether a busy worker holds the key of a task, or prefers it. */
export function isHeldIn(mode: Mode, { seats }: PoolState, entry: Entry): boolean {
  const busy = [...seats.values()].filter(({ phase }) => phase === 'busy');
  if (mode === 'hook') return busy.some(({ cursor }) => cursor.status.type === 'old' && prefersIn(mode, cursor, entry));
  return entry.key !== undefined && busy.some(({ key }) => key === entry.key);
}

/** The shape of a world. */
export interface Shape {
  readonly size: number;
  readonly window?: number;
  readonly mode?: Mode;
  /** Is true if the master knows that a worker has begun only the first request that it holds. */
  readonly isExact?: boolean;
  readonly minSize?: number | undefined;
  /** The patience of the pool, in ms. @default Infinity */
  readonly patience?: number;
  /** The number of tokens of the pool's budget. @default no budget */
  readonly tokens?: number | undefined;
}

/** Makes the state of a fake world's pool. */
export function stateIn(
  { size, minSize, window = 1, mode = 'match', isExact = false, patience = Number.POSITIVE_INFINITY }: Shape,
  faults: Fault[],
  {
    accept,
    requestOf,
    isContended,
  }: { readonly accept: Accept; readonly requestOf: Rules['requestOf']; isContended: (() => boolean) | undefined },
): PoolState {
  const matching = matchingIn(mode);
  const prefer: Accept | undefined = mode === 'hook' ? (cursor, entry) => prefersIn(mode, cursor, entry) : undefined;
  return createPoolState({
    kind: 'fake',
    size,
    minSize,
    patience,
    isContended,
    age: 2,
    faults,
    restart: { limit: 3, delay: 1, maxDelay: 2 },
    queue: new TaskQueue({ accept, prefer, keys: matching.keys }),
    rules: {
      window,
      concurrency: 1,
      isIdempotent: !isExact,
      begunOf: () => (isExact ? 1 : undefined),
      recall: () => (isExact ? 1 : undefined),
      keyOf: (competence) => keyIn(mode, competence),
      matching,
      reasonToStop: () => undefined,
      requestOf,
      onDeath: (entry) => {
        const task = entry.task as Task;
        // The task waits for its next attempt, or comes back at once.
        return { isRetried: task.tries-- > 0, error: undefined, delay: task.rank % 2 === 0 ? 1 : undefined };
      },
    },
  });
}

/** Returns an element by a number of any size; none of an empty list. */
export function nth<T>(list: readonly T[], index: number): T | undefined {
  return list.length === 0 ? undefined : list[index % list.length];
}

/** Acts on an element by a number of any size; on none of an empty list. */
export function withNth<T>(list: readonly T[], index: number, act: (element: T) => void): void {
  const element = nth(list, index);
  if (element !== undefined) act(element);
}

/** The world's own record of a worker, beside the pool's. */
export interface Body {
  readonly seat: Seat;
  state: 'starting' | 'free' | 'busy' | 'ending' | 'dying';
  /** The competence of its last verdict; `undefined` while it is fresh. */
  knows: number | undefined;
}
