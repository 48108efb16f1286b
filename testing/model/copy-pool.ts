import type { WorkerStatus } from '../../kinds/kind.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import { createMatchCursor, type MatchCursor } from '../../machines/queue/match-cursor.ts';
import type { PoolState } from '../../machines/state/pool-state.ts';
import { placeOf, type Seat } from '../../machines/state/seat.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import { ListQueue } from './list-queue.ts';
import type { ModelHooks } from './model-state.ts';
import type { Body } from './model-task.ts';

/** A copy of a pool's state, with functions that find a copied part. */
interface PoolCopy {
  readonly pool: PoolState;
  entryOf(entry: Entry): Entry;
  seatOf(seat: Seat): Seat;
}

/** Copies a pool's state that has a ListQueue. The copy gets some rules of its own. */
function copyPool(from: PoolState, { accept, prefer, isContended, ...rules }: ModelHooks): PoolCopy {
  const entries = new Map<Entry, Entry>();
  const entryOf = (entry: Entry): Entry => {
    const known = entries.get(entry) ?? { ...entry };
    entries.set(entry, known);
    return known;
  };
  const freshCursor = createMatchCursor(from.freshCursor.status);
  const { scheduling } = from;
  const cursors = new Map<MatchCursor, MatchCursor>([[from.freshCursor, freshCursor]]);
  const cursorOf = (cursor: MatchCursor): MatchCursor => {
    const known = cursors.get(cursor) ?? createMatchCursor(cursor.status, cursor.key, cursor.worker);
    cursors.set(cursor, known);
    return known;
  };
  const seats = new Map<Seat, Seat>();
  const seatOf = (seat: Seat): Seat => {
    const known = seats.get(seat) ?? {
      ...seat,
      cursor: cursorOf(seat.cursor),
      nextCursor: seat.nextCursor && cursorOf(seat.nextCursor),
      held: seat.held.map(entryOf),
    };
    known.place = placeOf(known);
    seats.set(seat, known);
    return known;
  };
  const queue = from.queue as ListQueue;
  const pool: PoolState = {
    ...from,
    rules: { ...from.rules, ...rules },
    queue: new ListQueue(accept, prefer, queue, queue.entries.map(entryOf)),
    seats: new Map([...from.seats].map(([id, seat]) => [id, seatOf(seat)])),
    free: from.free.map(seatOf),
    serials: [...from.serials],
    waiting: new Set(from.waiting),
    followUps: new Set([...from.followUps].map(entryOf)),
    delayed: new Set([...from.delayed].map(entryOf)),
    faults: from.faults.map((fault) => ({ ...fault, entry: entryOf(fault.entry) })),
    freshCursor,
    freshBySlot: from.freshBySlot.map(cursorOf),
    tokens: from.tokens && { ...from.tokens, isContended },
    scheduling: { ...scheduling, marks: [...scheduling.marks], counts: { ...scheduling.counts } },
    failures: [...from.failures],
  };
  return { pool, entryOf, seatOf };
}

/** The parts of a model that a copy has for itself. */
interface ModelParts {
  readonly pool: PoolState;
  readonly bodies: Map<string, Body>;
  readonly mail: SupervisorEvent[];
  readonly entries: Entry[];
  readonly settled: Map<Entry, number>;
  readonly built: Map<Entry, WorkerStatus>;
}

/** Copies the parts of a model. The copy gets some rules of its own. */
export function copyModel(from: ModelParts, hooks: ModelHooks): ModelParts {
  const { pool, entryOf, seatOf } = copyPool(from.pool, hooks);
  const copyBody = (body: Body): Body => ({ ...body, seat: seatOf(body.seat), inbox: [...body.inbox] });
  return {
    pool,
    bodies: new Map([...from.bodies].map(([id, body]) => [id, copyBody(body)])),
    mail: from.mail.map((event) => ('entry' in event ? { ...event, entry: entryOf(event.entry) } : event)),
    entries: from.entries.map(entryOf),
    settled: new Map([...from.settled].map(([entry, times]) => [entryOf(entry), times])),
    built: new Map([...from.built].map(([entry, status]) => [entryOf(entry), status])),
  };
}
