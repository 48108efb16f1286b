import type { InspectedPool } from '../../actors/inspection.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { BarView, MarkView } from '../messages.ts';
import { shownName, wordsOf } from '../view/words.ts';
import type { Labels } from './labels.ts';

/** The most slots that have a track. */
const MOST_TRACKS = 128;
/** The most bars of one turn, and the most of one track: more are merged. */
const MOST_BARS = 256;
const MOST_BARS_A_TRACK = 4;
/** The most marks of one turn. */
const MOST_MARKS = 64;

/** A task that a worker performs, as far as is known. */
interface Running {
  readonly entry: Entry;
  readonly from: number;
  readonly name: string;
  /** The number of requests that the worker had answered when it began. */
  readonly answered: number;
  readonly isFresh: boolean;
  readonly label: string | undefined;
  isSent: boolean;
}

/** A bar that has ended, with its times since the epoch. */
type Bar = { -readonly [Key in keyof BarView]: BarView[Key] } & { to: number };

/** One slot, with its workers one after the other. */
interface Track {
  seat: Seat;
  running: Running | undefined;
  /** The bar whose label waits: the worker learns after the end of its task. */
  ended: (Bar & { readonly before: string | undefined; readonly isFresh: boolean }) | undefined;
  /** The last time at which the worker was seen. */
  seen: number;
  /** The name of the task that ended last. */
  lastName: string | undefined;
  /** The task that ended last. */
  lastTask: unknown;
  bars: Bar[];
}

/** The tasks on the slots of a pool. Keeps only what runs now and what ended since the last message. */
export class Tracks {
  readonly #core: InspectedPool;
  readonly #labels: Labels;
  readonly #tracks = new Map<number, Track>();
  readonly #onBegin: (entry: Entry) => void;
  #marks: (MarkView & { readonly at: number })[] = [];

  constructor(core: InspectedPool, labels: Labels, onBegin: (entry: Entry) => void) {
    this.#core = core;
    this.#labels = labels;
    this.#onBegin = onBegin;
  }

  /** Looks at a worker: the task that it performs may have ended, and another one begun. */
  refresh(seat: Seat, at: number): void {
    const track = this.#trackOf(seat, at);
    if (track === undefined || isUnjudged(seat)) return;
    this.#finish(track);
    const [entry] = seat.held;
    const { running } = track;
    if (running !== undefined && running.entry !== entry) {
      this.#end(track, running, at, false);
      this.#finish(track);
    }
    if (entry !== undefined && track.running === undefined) this.#begin(track, entry, at);
    track.seen = at;
  }

  /** Looks at every worker. */
  refreshAll(at: number): void {
    for (const seat of this.#core.state.seats.values()) this.refresh(seat, at);
  }

  /** Records the end of a task on a worker that has not yet learnt from it. */
  ended(seat: Seat, task: unknown, isFailed: boolean, at: number): void {
    const track = this.#trackOf(seat, at);
    if (track === undefined) return;
    this.#finish(track);
    const { running } = track;
    if (running !== undefined && running.entry.task === task) this.#end(track, running, at, isFailed);
    else if (running === undefined && track.lastTask !== task) {
      // It has begun and ended between two looks.
      const isFull = track.bars.length >= this.#mostATrack;
      const name = isFull ? '' : this.#nameOf(task, answeredBy(seat));
      this.#note(track, { slot: seat.slot, from: track.seen, to: at, name, ...(isFailed ? { isFailed } : {}) }, false);
    }
    track.lastTask = task;
    track.seen = at;
  }

  /** Records the exit of a worker. */
  exited(seat: Seat, exit: WorkerExit, at: number): void {
    const track = this.#trackOf(seat, at);
    if (track === undefined) return;
    this.#finish(track);
    if (track.running !== undefined) this.#end(track, track.running, at, exit.reason !== 'killed');
    this.#finish(track);
    const isWanted = seat.isExpected || exit.reason === 'killed';
    const what = !isWanted ? 'death' : seat.isRoom ? 'room' : 'end';
    if (this.#marks.length >= MOST_MARKS) this.#marks.shift();
    this.#marks.push({ slot: seat.slot, at, what, worker: seat.id, why: wordsOf(exit) });
  }

  /** Returns the name of the task that ended last on this worker. */
  lastNameOf(seat: Seat): string | undefined {
    const track = this.#tracks.get(seat.slot);
    return track?.seat === seat ? track.lastName : undefined;
  }

  /** Returns the bars and the marks since the last call, and the tasks that run now and are new. */
  take(at: number): { readonly bars: BarView[]; readonly marks: MarkView[] } {
    const bars: BarView[] = [];
    for (const track of this.#tracks.values()) {
      for (const bar of track.bars.splice(0)) bars.push(ago(bar, at));
      const { running } = track;
      if (running === undefined || running.isSent) continue;
      running.isSent = true;
      bars.push(this.#open(track, running, at));
    }
    return { bars, marks: this.#marks.splice(0).map((mark) => ({ ...mark, at: at - mark.at })) };
  }

  /** Returns the tasks that run now. */
  running(at: number): BarView[] {
    return [...this.#tracks.values()].flatMap((track) =>
      track.running === undefined ? [] : [this.#open(track, track.running, at)],
    );
  }

  get #mostATrack(): number {
    return Math.max(1, Math.min(MOST_BARS_A_TRACK, Math.floor(MOST_BARS / Math.max(1, this.#tracks.size))));
  }

  #trackOf(seat: Seat, at: number): Track | undefined {
    const known = this.#tracks.get(seat.slot);
    if (known?.seat === seat) return known;
    if (seat.slot >= MOST_TRACKS) return undefined;
    const bars = known?.bars ?? [];
    const track: Track = {
      seat,
      running: undefined,
      ended: undefined,
      seen: at,
      lastName: undefined,
      lastTask: undefined,
      bars,
    };
    this.#tracks.set(seat.slot, track);
    return track;
  }

  #begin(track: Track, entry: Entry, at: number): void {
    const { seat } = track;
    const answered = answeredBy(seat);
    track.running = {
      entry,
      from: at,
      name: this.#nameOf(entry.task, answered + 1),
      answered,
      isFresh: seat.status.type === 'fresh',
      label: this.#labels.of(seat),
      isSent: false,
    };
    this.#onBegin(entry);
  }

  #end(track: Track, running: Running, to: number, isFailed: boolean): void {
    const { from, name, isFresh, label } = running;
    const count = answeredBy(track.seat) - running.answered;
    const bar: Bar = { slot: track.seat.slot, from, to, name };
    if (count > 1) bar.count = count;
    if (isFailed) bar.isFailed = true;
    track.running = undefined;
    track.ended = { ...bar, before: label, isFresh };
    track.lastName = name;
    track.lastTask = running.entry.task;
  }

  #note(track: Track, bar: Bar, isFresh: boolean): void {
    track.ended = { ...bar, before: this.#labels.of(track.seat), isFresh };
    track.lastName = bar.name === '' ? undefined : bar.name;
  }

  /** Adds the bar of the task that ended last, with the label of what its worker knows since. */
  #finish(track: Track): void {
    if (track.ended === undefined) return;
    const { before, isFresh, ...bar } = track.ended;
    track.ended = undefined;
    const label = this.#labels.of(track.seat) ?? before;
    if (label !== undefined) bar.label = label;
    if ((isFresh && track.seat.status.type === 'old') || label !== before) bar.hasLearnt = true;
    const last = track.bars.at(-1);
    if (last === undefined || track.bars.length < this.#mostATrack) return void track.bars.push(bar);
    last.to = bar.to;
    last.count = (last.count ?? 1) + (bar.count ?? 1);
    if (bar.label !== undefined) last.label = bar.label;
    if (bar.isFailed) last.isFailed = true;
    if (bar.hasLearnt) last.hasLearnt = true;
  }

  #nameOf(task: unknown, number: number): string {
    return shownName(this.#core.kind, task) ?? `#${number}`;
  }

  #open({ seat }: Track, { from, name, label }: Running, at: number): BarView {
    return { slot: seat.slot, from: at - from, name, ...(label === undefined ? {} : { label }) };
  }
}

/** Returns whether a worker waits for the verdict on its last task: it has not yet learnt, nor taken the next task. */
export function isUnjudged({ phase, held }: Pick<Seat, 'phase' | 'held'>): boolean {
  return phase === 'busy' && held.length === 0;
}

/** Returns a bar as in messages: its times are ms before the message. */
function ago(bar: Bar, at: number): BarView {
  return { ...bar, from: at - bar.from, to: at - bar.to };
}
