import type { InspectedPool } from '../../actors/inspection.ts';
import { dateNow, queueMicrotask } from '../../actors/tooling.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { FailedView, TimelineView } from '../messages.ts';
import { shownCode, shownName } from '../view/words.ts';
import { type Arrival, Arrivals } from './arrivals.ts';
import type { Labels } from './labels.ts';
import { isUnjudged, Tracks } from './tracks.ts';

/**
 * The most ends of tasks that are listened to in one turn: of a pool that has fewer of them, and of a quicker one, which
 * would be slowed down for a part of its tasks only. What happens beyond is seen at the next turn.
 */
const BUDGET = { all: 512, few: 32 };
/** The most failed tasks of one turn that are listed, and the most that a new page gets. */
const MOST_FAILED = 20;
const MOST_KEPT = 50;
/** The time span of the mean wait. In ms. */
const SECOND = 1000;

/** The end of a task, as far as it is read. */
interface Outcome {
  readonly task: unknown;
  readonly status: 'done' | 'failed';
  readonly error?: unknown;
  readonly worker: string | undefined;
}

/**
 * The work of a pool's workers over time, while a page is connected. The pool's own events report it, up to a budget a
 * turn; beyond that, each turn reads the workers, and all tasks between two turns are one bar.
 */
export class Activity {
  readonly #core: InspectedPool;
  readonly #tracks: Tracks;
  readonly #arrivals: Arrivals;
  /** The time at which each shown task was accepted: an estimate must not change. */
  readonly #since = new WeakMap<Entry, Arrival>();
  readonly #touched = new Set<Seat>();
  #round = 0;
  #isListening = false;
  #left = 0;
  /** The number of tasks that had ended when this turn began. */
  #ended: number;
  #failed: (FailedView & { readonly at: number })[] = [];
  #kept: (FailedView & { readonly at: number })[] = [];
  /** The waits of the last second: when the tasks began, and how long they had waited. */
  #waits: { readonly at: number; readonly sum: number; readonly count: number }[] = [];
  #sum = 0;
  #count = 0;

  constructor(core: InspectedPool, labels: Labels) {
    this.#core = core;
    this.#arrivals = new Arrivals(core.counts.accepted, dateNow());
    this.#ended = core.counts.completed + core.counts.failed;
    this.#tracks = new Tracks(core, labels, (entry) => this.#began(entry));
    this.#tracks.refreshAll(dateNow());
    // Nobody knows how long these tasks had waited.
    this.#count = 0;
    this.#sum = 0;
  }

  /** Starts a turn: listens to the ends of tasks, with a new budget. */
  open(): void {
    const { completed, failed } = this.#core.counts;
    const ended = completed + failed;
    this.#left = ended - this.#ended <= BUDGET.all ? BUDGET.all : BUDGET.few;
    this.#ended = ended;
    if (this.#isListening) return;
    this.#isListening = true;
    this.#core.emitter.on('task', this.#onTask);
  }

  /** Stops listening. */
  close(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    this.#core.emitter.off('task', this.#onTask);
  }

  /** Looks at the worker of an observed event. */
  observe(seat: Seat | undefined): void {
    const at = dateNow();
    this.#arrivals.note(this.#core.counts.accepted, at);
    // A late event of a worker that has gone must not take the track of the next one.
    if (seat !== undefined && this.#core.state.seats.get(seat.id) === seat) this.#tracks.refresh(seat, at);
  }

  /** Records the exit of a worker. */
  exited(seat: Seat, exit: WorkerExit): void {
    this.#tracks.exited(seat, exit, dateNow());
  }

  /** Returns when a waiting task was accepted; `undefined` if that is not known. */
  sinceOf(entry: Entry): Arrival | undefined {
    const known = this.#since.get(entry);
    if (known !== undefined) return known;
    const arrival = this.#arrivals.of(entry.turn);
    if (arrival !== undefined) this.#since.set(entry, { ...arrival, at: Math.round(arrival.at) });
    return this.#since.get(entry);
  }

  /** Returns the name of the task that ended last on this worker. */
  lastNameOf(seat: Seat): string | undefined {
    return this.#tracks.lastNameOf(seat);
  }

  /** Returns the mean wait in the queue of the tasks that began in the last second, in ms; `undefined` without one. */
  wait(at: number): number | undefined {
    if (this.#count > 0) this.#waits.push({ at, sum: this.#sum, count: this.#count });
    this.#sum = 0;
    this.#count = 0;
    this.#waits = this.#waits.filter((each) => at - each.at < SECOND);
    const count = this.#waits.reduce((all, each) => all + each.count, 0);
    return count === 0 ? undefined : Math.round(this.#waits.reduce((all, each) => all + each.sum, 0) / count);
  }

  /** Looks at every worker: the first step of a turn. */
  refresh(at: number): void {
    this.#arrivals.note(this.#core.counts.accepted, at);
    this.#tracks.refreshAll(at);
  }

  /** Returns what has happened since the last call. */
  take(at: number): TimelineView {
    return { ...this.#tracks.take(at), failed: ago(this.#failed.splice(0), at) };
  }

  /** Returns what a new page gets: the tasks that run now, and the last failed ones. */
  full(at: number): TimelineView {
    return { bars: this.#tracks.running(at), marks: [], failed: ago(this.#kept, at) };
  }

  #began(entry: Entry): void {
    const arrival = this.sinceOf(entry);
    if (arrival === undefined || arrival.isEarlier) return;
    this.#sum += Math.max(0, dateNow() - arrival.at);
    this.#count++;
  }

  readonly #onTask = (outcome: Outcome): void => {
    if (this.#left-- <= 0) return this.close();
    try {
      this.#show(outcome);
    } catch (error) {
      this.close();
      process.emitWarning(`the inspector missed a task: ${String(error)}`, { code: 'STATEPOOL_INSPECTOR' });
    }
  };

  #show({ task, status, error, worker }: Outcome): void {
    const at = dateNow();
    if (status === 'failed') this.#fail(task, error, worker, at);
    const seat = worker === undefined ? undefined : this.#core.state.seats.get(worker);
    if (seat === undefined) return;
    this.#tracks.ended(seat, task, status === 'failed', at);
    if (this.#touched.size === 0) queueMicrotask(this.#lookAgain);
    this.#touched.add(seat);
  }

  /** Looks again after the verdict: the worker has learnt, and may have taken its next task. */
  readonly #lookAgain = (): void => {
    const at = dateNow();
    this.#arrivals.note(this.#core.counts.accepted, at);
    const isLast = this.#round++ > 0;
    for (const touched of this.#touched) {
      const seat = this.#core.state.seats.get(touched.id);
      if (!isLast && seat !== undefined && isUnjudged(seat)) continue;
      this.#touched.delete(touched);
      if (seat !== undefined) this.#tracks.refresh(seat, at);
    }
    // The verdict may come one microtask after the result.
    if (this.#touched.size > 0) queueMicrotask(this.#lookAgain);
    else this.#round = 0;
  };

  #fail(task: unknown, error: unknown, worker: string | undefined, at: number): void {
    if (this.#failed.length >= MOST_FAILED) return;
    const name = shownName(this.#core.kind, task) ?? '(a task without a name)';
    const failed = { at, name, code: shownCode(error), ...(worker === undefined ? {} : { worker }) };
    this.#failed.push(failed);
    this.#kept.push(failed);
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
  }
}

function ago(failed: readonly (FailedView & { readonly at: number })[], at: number): FailedView[] {
  return failed.map((each) => ({ ...each, at: at - each.at }));
}
