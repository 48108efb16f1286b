import type { InspectedPool } from '../../actors/inspection.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { QueueView, ReasonView, WaitingView } from '../messages.ts';
import { shownName } from './words.ts';

/** The most tasks of the queue that are shown. */
const HEAD = 20;
/** The most workers that are asked for their reason; the others are only counted. */
const MOST_ASKED = 256;
/** The most workers of one reason that are named. */
const MOST_NAMED = 3;

/** The time at which a task was accepted, for a pool whose arrivals are noted. */
type SinceOf = (entry: Entry) => { readonly at: number; readonly isEarlier: boolean } | undefined;

/**
 * Returns the head of the queue, with the reasons why each of its tasks waits. The rest of the queue is not read.
 */
export function queueOf(core: InspectedPool, sinceOf: SinceOf = () => undefined): QueueView {
  const { queue } = core.state;
  const head: Entry[] = [];
  for (const entry of queue) {
    if (head.length === HEAD) break;
    head.push(entry);
  }
  // The first task of the head that each free worker takes: a later task that fits must wait.
  const taken = new Map<Seat, Entry>();
  const reasons = new Map<string, { readonly why: readonly ReasonView[]; readonly index: number }>();
  const tasks = head.map((entry, i): WaitingView => {
    const why = reasonsOf(core, entry, taken);
    const key = JSON.stringify(why);
    if (!reasons.has(key)) reasons.set(key, { why, index: reasons.size });
    const since = sinceOf(entry);
    return {
      name: shownName(core.kind, entry.task) ?? `#${i + 1}`,
      priority: entry.priority,
      why: reasons.get(key)?.index ?? 0,
      ...(since === undefined ? {} : { since: since.at }),
      ...(since?.isEarlier ? { isEarlier: true } : {}),
    };
  });
  return { length: queue.length, head: tasks, reasons: [...reasons.values()].map(({ why }) => why) };
}

/**
 * Returns why a task waits, right now. This is the one place where the page's reasons come from: a reason about no worker
 * is shown as it is, a reason about workers with their number.
 */
function reasonsOf(core: InspectedPool, entry: Entry, taken: Map<Seat, Entry>): readonly ReasonView[] {
  const { state } = core;
  const seats = [...state.seats.values()];
  const all = (why: string): readonly ReasonView[] => [{ why, count: 0, workers: [] }];
  if (state.degraded !== undefined) return all('workers cannot start');
  if (state.phase === 'destroying') return all('the pool is ending');
  if (state.holds > 0) return all('the pool is paused');
  if (seats.length === 0) return all(state.size === 0 ? 'the pool has no workers' : 'no worker has started yet');
  if (seats.every(({ phase }) => phase === 'busy')) return all('every worker is busy');
  const found = new Map<MatchCursor, string | undefined>();
  const reasons = new Map<string, { why: string; count: number; workers: string[] }>();
  for (const seat of seats.slice(0, MOST_ASKED)) {
    const why = placeOf(core, seat) ?? refusalOf(core, seat, entry, taken, found);
    const reason = reasons.get(why) ?? { why, count: 0, workers: [] };
    reasons.set(why, reason);
    reason.count++;
    if (reason.workers.length < MOST_NAMED) reason.workers.push(seat.id);
  }
  const more = seats.length - MOST_ASKED;
  const others = more > 0 ? [{ why: 'it was not asked', count: more, workers: [] }] : [];
  const wait = waitOf(core, entry);
  const ruled = wait === undefined ? [] : all(wait);
  return [...ruled, ...[...reasons.values()].sort((a, b) => b.count - a.count), ...others];
}

/**
 * Returns the rule by which a task waits for a busy worker although another worker is free; `undefined` if it waits for
 * none.
 */
function waitOf(core: InspectedPool, entry: Entry): string | undefined {
  const { queue, rules, scheduling, seats } = core.state;
  const isByKey = rules.matching.keys !== undefined && entry.key !== undefined;
  const holder = [...seats.values()].find((seat) => {
    if (seat.phase !== 'busy') return false;
    return isByKey ? seat.key === entry.key : seat.status.type === 'old' && isOwnOf(core, seat.cursor, entry);
  });
  if (!rules.matching.isPicky || holder === undefined) return undefined;
  const waiting = isByKey ? queue.countOf(entry.key as string) : queue.length;
  const { cost, work } = scheduling.means;
  const tasks = `${waiting} ${waiting === 1 ? 'task' : 'tasks'}${work > 0 ? ` of ${shownMs(work)}` : ''} ${waiting === 1 ? 'waits' : 'wait'} for it`;
  const most = scheduling.patience ?? cost;
  const limit =
    scheduling.patience === undefined && work === 0
      ? 'nothing is measured yet'
      : `a wait of up to ${shownMs(most)} costs less than another worker`;
  return `${holder.id} ${isByKey ? 'holds its key' : 'takes it'}: ${tasks}, and ${limit}`;
}

function shownMs(ms: number): string {
  return ms === Number.POSITIVE_INFINITY ? 'any length' : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** Returns whether a worker takes a task, and prefers it. */
function isOwnOf(core: InspectedPool, cursor: MatchCursor, entry: Entry): boolean {
  const { status, worker } = cursor;
  if (mismatchOf(core, cursor, entry) !== undefined) return false;
  try {
    return core.kind.prefers?.(status, entry.task, worker as NonNullable<typeof worker>) ?? true;
  } catch {
    return false;
  }
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
  if (first !== undefined) return 'an earlier task goes first';
  taken.set(seat, entry);
  const { tokens } = core.state;
  return tokens !== undefined && tokens.asked > 0 ? 'it waits for a token' : 'it is about to take it';
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
