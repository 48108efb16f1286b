import type { InspectedPool } from '../../actors/inspection.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { QueueView, WaitingView } from '../messages.ts';
import { shownName } from './words.ts';

/** The most tasks of the queue that are shown. */
const HEAD = 20;
/** The most workers with a reason for a task; the others are only counted. */
const MOST_REASONS = 16;

type Reason = WaitingView['reasons'][number];

/** Returns the head of the queue, with the reasons why each of its tasks waits. The rest of the queue is not read. */
export function queueOf(core: InspectedPool): QueueView {
  const { queue } = core.state;
  const head: Entry[] = [];
  for (const entry of queue) {
    if (head.length === HEAD) break;
    head.push(entry);
  }
  // The first task of the head that each free worker takes: a later task that fits must wait.
  const taken = new Map<Seat, Entry>();
  return {
    length: queue.length,
    head: head.map((entry, i) => ({
      name: shownName(core.kind, entry.task) ?? `#${i + 1}`,
      priority: entry.priority,
      reasons: reasonsOf(core, entry, taken),
    })),
  };
}

function reasonsOf(core: InspectedPool, entry: Entry, taken: Map<Seat, Entry>): Reason[] {
  const { state } = core;
  if (state.degraded !== undefined) return [{ why: 'workers cannot start' }];
  if (state.phase === 'destroying') return [{ why: 'the pool is ending' }];
  if (state.holds > 0) return [{ why: 'the pool is paused' }];
  const seats = [...state.seats.values()];
  if (seats.length === 0) return [{ why: state.size === 0 ? 'the pool has no workers' : 'no worker has started yet' }];
  if (seats.every(({ phase }) => phase === 'busy')) return [{ why: 'every worker is busy' }];
  const found = new Map<MatchCursor, string | undefined>();
  const reasons: Reason[] = [];
  for (const seat of seats) {
    if (reasons.length === MOST_REASONS) {
      reasons.push({ why: `and ${seats.length - MOST_REASONS} more workers` });
      break;
    }
    reasons.push({ worker: seat.id, why: placeOf(core, seat) ?? refusalOf(core, seat, entry, taken, found) });
  }
  return reasons;
}

/** Returns why this worker cannot take any task now; `undefined` if it can. */
function placeOf({ state }: InspectedPool, seat: Seat): string | undefined {
  if (seat.phase === 'starting') return 'it is starting';
  if (seat.phase === 'busy') return 'it is busy';
  if (seat.phase === 'ending') return 'it is dead';
  if (seat.slot >= state.size) return 'its slot is beyond the size of the pool';
  return seat.isRecalled ? 'it is giving back its prefetched tasks' : undefined;
}

/**
 * Returns why this free worker has not taken this task. Workers of one status have the same reason: the kind is asked
 * once for them.
 */
function refusalOf(
  core: InspectedPool,
  seat: Seat,
  entry: Entry,
  taken: Map<Seat, Entry>,
  found: Map<MatchCursor, string | undefined>,
): string {
  if (!found.has(seat.cursor)) found.set(seat.cursor, mismatchOf(core, seat.cursor, entry));
  const mismatch = found.get(seat.cursor);
  if (mismatch !== undefined) return mismatch;
  const first = taken.get(seat);
  if (first === undefined) taken.set(seat, entry);
  return first === undefined ? 'it is about to take it' : 'an earlier task goes first';
}

/** Asks the kind as the queue does, but without effects: an error here fails no task. */
function mismatchOf({ kind }: InspectedPool, { status, key, worker }: MatchCursor, entry: Entry): string | undefined {
  const reason =
    status.type === 'fresh' ? 'it is fresh, and this task needs an old worker' : 'its competence does not fit';
  const isByKey = kind.affinityMode !== 'prefer';
  if (isByKey && status.type === 'old' && entry.key !== undefined && entry.key !== key) return reason;
  try {
    return (kind.taskMatch?.(status, entry.task, worker as NonNullable<typeof worker>) ?? true) ? undefined : reason;
  } catch {
    return 'taskMatch threw';
  }
}
