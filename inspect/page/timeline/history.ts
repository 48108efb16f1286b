import type { BarView, FullMessage, MarkView, TickMessage } from '../../messages.ts';

/** The time that the timeline shows. In ms. */
export const SPAN = 60_000;
/** The most bars that are kept, in all tracks together. */
const MOST_BARS = 40_000;
/** The most marks that are kept in one track. */
const MOST_MARKS = 200;
/** The width of a point on the screen in time: shorter bars of one colour become one. In ms. */
const POINT = 50;

/** A bar with its times since the epoch. A task that goes on has no `to`. */
export type Bar = { -readonly [Key in keyof BarView]: BarView[Key] };

/** One slot: its bars and the ends of its workers, the oldest first. */
export interface Track {
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

/** The work of the last minute, as far as this page was connected. */
export class History {
  readonly tracks = new Map<number, Track>();
  points: Point[] = [];
  #pool: string | undefined;
  /** The program's clock minus the page's. */
  #offset: number | undefined;
  #stopped: number | undefined;

  /** Adds one message, at a time of the page's clock. */
  take(message: FullMessage | TickMessage, clock: number): void {
    const { at, timeline, header } = message;
    this.#stopped = undefined;
    if (message.type === 'full') this.#begin(message);
    // A message that took long to come does not set the time back.
    this.#offset = this.#offset === undefined ? at - clock : Math.max(at - clock, this.#offset);
    for (const bar of timeline.bars) this.#add({ ...bar, from: at - bar.from }, at);
    for (const mark of timeline.marks) this.#mark({ ...mark, at: at - mark.at });
    this.points.push({ at, rate: header.rate, wait: header.wait, busy: header.busy });
    this.#prune(at - SPAN);
  }

  /** Returns the program's time. */
  now(clock: number): number {
    return this.#stopped ?? clock + (this.#offset ?? 0);
  }

  /** Stops the time: the program has gone. */
  stop(clock: number): void {
    this.#stopped ??= this.now(clock);
  }

  /** Returns the tracks in the order of their slots. */
  get ordered(): Track[] {
    return [...this.tracks.values()].sort((a, b) => a.slot - b.slot);
  }

  #begin({ pool, actors }: FullMessage): void {
    if (this.#pool !== `${pool.pid} ${pool.id}`) {
      this.tracks.clear();
      this.points = [];
      this.#offset = undefined;
    }
    this.#pool = `${pool.pid} ${pool.id}`;
    for (const track of this.tracks.values()) track.running = undefined;
    for (const { id } of actors) {
      const slot = slotOf(id);
      if (slot !== undefined) this.trackOf(slot);
    }
  }

  /** Returns the track of a slot, which is made if it is new. */
  trackOf(slot: number): Track {
    let track = this.tracks.get(slot);
    if (track === undefined) {
      track = { slot, bars: [], running: undefined, marks: [] };
      this.tracks.set(slot, track);
    }
    return track;
  }

  #add(bar: Bar, at: number): void {
    const track = this.trackOf(bar.slot);
    if (bar.to === undefined) {
      track.running = bar;
      return;
    }
    bar.to = at - bar.to;
    if (track.running !== undefined && track.running.from <= bar.from) track.running = undefined;
    const last = track.bars.at(-1);
    if (last === undefined || !isOnePoint(last, bar)) return void track.bars.push(bar);
    last.to = bar.to;
    last.count = (last.count ?? 1) + (bar.count ?? 1);
  }

  #mark(mark: MarkView): void {
    const track = this.trackOf(mark.slot);
    track.running = undefined;
    track.marks.push(mark);
    if (track.marks.length > MOST_MARKS) track.marks.shift();
  }

  #prune(since: number): void {
    const most = Math.floor(MOST_BARS / Math.max(1, this.tracks.size));
    for (const { bars, marks } of this.tracks.values()) {
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
