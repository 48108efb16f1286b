import { dateNow, listenToAbort, queueMicrotask } from '../../actors/tooling.ts';
import type { Ended } from '../broker.ts';
import { openFeedback, openOutcome } from '../envelope.ts';
import { FleetError } from '../errors.ts';
import { HeardFeedbacks, type Numbered } from '../words/feedbacks.ts';
import { placeIn } from '../words/names.ts';

/** A caller that waits for a task. */
export interface Caller {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onFeedback?: ((feedback: never) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The end of a task, as the event `task` of a fleet reports it. */
export interface FleetOutcome {
  readonly id: string;
  readonly status: 'done' | 'failed';
  /** The value that `run` resolves with; only for a `done` task. */
  readonly result?: unknown;
  /** The error that `run` rejects with; only for a `failed` task. */
  readonly error?: unknown;
  /** Is true if a verdict made the task, not a caller. */
  readonly isFollowUp: boolean;
}

/** A task of this submitter that has not settled. */
export interface PendingTask {
  readonly id: string;
  readonly task: unknown;
  /** The time of its submission, in ms since 1970. */
  readonly since: number;
  /** The queue in which it stands. */
  queue: string;
  /** Is true once the broker has the task. */
  isAdded: boolean;
  /** Is true if the last look did not find the task. */
  isMissed: boolean;
  readonly callers: Caller[];
  readonly feedbacks: HeardFeedbacks;
  /** Stops what waits for the task. */
  readonly forget: (() => void)[];
}

/** The callers that wait for tasks. The first news of an end settles a task; everything later is nobody's. */
export class Pending {
  readonly #tasks = new Map<string, PendingTask>();
  readonly #onCancel: (task: PendingTask, reason: unknown) => void;
  readonly #onSettled: (outcome: FleetOutcome) => void;

  /** `onCancel` is called when the signal of a caller is aborted; `onSettled` for each task that has settled. */
  constructor(onCancel: (task: PendingTask, reason: unknown) => void, onSettled: (outcome: FleetOutcome) => void) {
    this.#onCancel = onCancel;
    this.#onSettled = onSettled;
  }

  get size(): number {
    return this.#tasks.size;
  }

  /** The tasks that have not settled, the oldest first. */
  get tasks(): Iterable<PendingTask> {
    return this.#tasks.values();
  }

  get(id: string): PendingTask | undefined {
    return this.#tasks.get(id);
  }

  /** Begins to wait for a task. */
  begin(id: string, task: unknown, queue: string): PendingTask {
    const place = { queue, isAdded: false, isMissed: false };
    const pending: PendingTask = {
      id,
      task,
      since: dateNow(),
      ...place,
      callers: [],
      feedbacks: new HeardFeedbacks(),
      forget: [],
    };
    this.#tasks.set(id, pending);
    return pending;
  }

  /** Lets one more caller wait for a task. */
  join(pending: PendingTask, caller: Caller): void {
    pending.callers.push(caller);
    const { signal } = caller;
    if (signal === undefined) return;
    const cancel = () => this.#onCancel(pending, signal.reason);
    if (signal.aborted) queueMicrotask(cancel);
    else pending.forget.push(listenToAbort(signal, cancel));
  }

  /**
   * Hears the end of a task, as text. A task that goes on in another queue stays pending. Returns whether that was news: the
   * first telling is, for a task of this submitter.
   */
  hear(id: string, outcome: string): boolean {
    const pending = this.#tasks.get(id);
    const place = placeIn(outcome);
    if (place !== undefined) {
      if (pending !== undefined) pending.queue = place;
      return pending !== undefined;
    }
    const end = openOutcome(outcome);
    if (pending === undefined) return false;
    // Those that have come late are heard before the end.
    for (const text of pending.feedbacks.newsIn(outcome)) hearFeedback(pending, text);
    if ('error' in end) this.fail(pending, end.error);
    else this.#fulfil(pending, end.result);
    return true;
  }

  /** Hears what the broker has recorded of a task that has ended. */
  hearRecorded({ id, outcome, died }: Ended): boolean {
    if (outcome !== undefined) return this.hear(id, outcome);
    const pending = this.#tasks.get(id);
    if (pending === undefined) return false;
    const why = `the nodes that performed the task ${id} died: ${died ?? 'the broker gave it up'}`;
    this.fail(pending, new FleetError('NODE_DIED', why));
    return true;
  }

  /** Hears a feedback. */
  hearFeedback(id: string, { text, run, number }: Numbered): void {
    const pending = this.#tasks.get(id);
    if (pending?.feedbacks.isNew(run, number)) hearFeedback(pending, text);
  }

  /** Rejects all who wait for a task. */
  fail(pending: PendingTask, error: unknown): void {
    if (!this.#end(pending)) return;
    for (const { reject } of pending.callers) reject(error);
    this.#onSettled({ id: pending.id, status: 'failed', error, isFollowUp: false });
  }

  #fulfil(pending: PendingTask, result: unknown): void {
    if (!this.#end(pending)) return;
    for (const { resolve } of pending.callers) resolve(result);
    this.#onSettled({ id: pending.id, status: 'done', result, isFollowUp: false });
  }

  #end(pending: PendingTask): boolean {
    for (const forget of pending.forget.splice(0)) forget();
    return this.#tasks.delete(pending.id);
  }
}

function hearFeedback({ callers }: PendingTask, text: string): void {
  const hearing = callers.filter(({ onFeedback }) => onFeedback !== undefined);
  if (hearing.length === 0) return;
  const feedback = openFeedback(text) as never;
  for (const { onFeedback } of hearing) attempt(() => onFeedback?.(feedback));
}

/** Calls a listener. Its error becomes an uncaught exception, and disturbs nobody else. */
export function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
