import type { BarView, FullMessage, MarkView, TickMessage } from '../../messages.ts';

/** The time that the timeline shows. In ms. */
export const SPAN = 60_000;
/** The most bars that are kept, in all lanes together. */
const MOST_BARS = 40_000;
/** The most marks that are kept in one lane. */
const MOST_MARKS = 200;
/** The width of a point on the screen in time: shorter bars of one colour become one. In ms. */
const POINT = 50;

/** A bar with its times since the epoch. A task that goes on has no `to`. */
export type Bar = { -readonly [Key in keyof BarView]: BarView[Key] };

/** One slot: its bars and the ends of its workers, the oldest first. */
export interface Lane {
  readonly slot: number;
  readonly bars: Bar[];
  running: Bar | undefined;
  readonly marks: MarkView[];
}

/** The numbers of the pool at one time. */
export interface Point {
  readonly at: number;
  readonly rate: number;
  readonly wait: number | undefined;
  readonly busy: number;
}

/** What happened in the last minute, as far as this page was connected. */
export class History {
  readonly lanes = new Map<number, Lane>();
  points: Point[] = [];
  #pool: string | undefined;
  /** The program's clock minus the page's. */
  #ahead: number | undefined;
  #stopped: number | undefined;

  /** Adds one message, at a time of the page's clock. */
  take(message: FullMessage | TickMessage, clock: number): void {
    const { at, timeline, header } = message;
    this.#stopped = undefined;
    if (message.type === 'full') this.#begin(message);
    // A message that took long to come does not set the time back.
    this.#ahead = this.#ahead === undefined ? at - clock : Math.max(at - clock, this.#ahead);
    for (const bar of timeline.bars) this.#add({ ...bar, from: at - bar.from }, at);
    for (const mark of timeline.marks) this.#mark({ ...mark, at: at - mark.at });
    this.points.push({ at, rate: header.rate, wait: header.wait, busy: header.busy });
    this.#prune(at - SPAN);
  }

  /** Returns the program's time. */
  now(clock: number): number {
    return this.#stopped ?? clock + (this.#ahead ?? 0);
  }

  /** Stops the time: the program has gone. */
  stop(clock: number): void {
    this.#stopped ??= this.now(clock);
  }

  /** Returns the lanes in the order of their slots. */
  get ordered(): Lane[] {
    return [...this.lanes.values()].sort((a, b) => a.slot - b.slot);
  }

  #begin({ pool, actors }: FullMessage): void {
    if (this.#pool !== `${pool.pid} ${pool.id}`) {
      this.lanes.clear();
      this.points = [];
      this.#ahead = undefined;
    }
    this.#pool = `${pool.pid} ${pool.id}`;
    for (const lane of this.lanes.values()) lane.running = undefined;
    for (const { id } of actors) {
      const slot = slotOf(id);
      if (slot !== undefined) this.laneOf(slot);
    }
  }

  /** Returns the lane of a slot, which is made if it is new. */
  laneOf(slot: number): Lane {
    let lane = this.lanes.get(slot);
    if (lane === undefined) {
      lane = { slot, bars: [], running: undefined, marks: [] };
      this.lanes.set(slot, lane);
    }
    return lane;
  }

  #add(bar: Bar, at: number): void {
    const lane = this.laneOf(bar.slot);
    if (bar.to === undefined) {
      lane.running = bar;
      return;
    }
    bar.to = at - bar.to;
    if (lane.running !== undefined && lane.running.from <= bar.from) lane.running = undefined;
    const last = lane.bars.at(-1);
    if (last === undefined || !isOnePoint(last, bar)) return void lane.bars.push(bar);
    last.to = bar.to;
    last.count = (last.count ?? 1) + (bar.count ?? 1);
  }

  #mark(mark: MarkView): void {
    const lane = this.laneOf(mark.slot);
    lane.running = undefined;
    lane.marks.push(mark);
    if (lane.marks.length > MOST_MARKS) lane.marks.shift();
  }

  #prune(since: number): void {
    const most = Math.floor(MOST_BARS / Math.max(1, this.lanes.size));
    for (const { bars, marks } of this.lanes.values()) {
      const old = bars.findIndex(({ to = since }) => to >= since);
      bars.splice(0, Math.max(old < 0 ? bars.length : old, bars.length - most));
      while ((marks[0]?.at ?? since) < since) marks.shift();
    }
    // The last point before the span is where its curve begins.
    while ((this.points[1]?.at ?? since) < since) this.points.shift();
  }
}

/** Returns the slot of a worker: its id is its kind, its slot and its number in the slot. */
export function slotOf(id: string): number | undefined {
  const slot = /:(\d+):\d+$/.exec(id)?.[1];
  return slot === undefined ? undefined : Number(slot);
}

/** Returns whether two bars look like one: they follow each other, have one colour and no sign, and are short. */
function isOnePoint(last: Bar, next: Bar): boolean {
  const { to = 0 } = next;
  const isPlain = last.label === next.label && !last.isFailed && !next.isFailed && !next.hasLearnt;
  return isPlain && to - last.from < POINT && next.from - (last.to ?? 0) < POINT / 2;
}
