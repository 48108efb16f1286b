import type { Kind } from '../../kinds/kind.ts';
import { createEntry, type Entry, move } from '../../machines/queue/entry.ts';
import { TaskQueue } from '../../machines/queue/task-queue.ts';
import { decide } from '../../machines/rules/decide.ts';
import { hasNextWith, learn, take } from '../../machines/rules/take.ts';
import { matchingOf } from '../../machines/state/matching.ts';
import { createPoolState, type PoolState } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';

/** A pool of the rules alone, whose workers and callers the test plays. */
export class PlayedRules {
  readonly pool: PoolState;

  constructor(
    // biome-ignore lint/suspicious/noExplicitAny: tasks are strings, and not read here.
    kind: Kind<any>,
    size: number,
    patience?: number,
    more: { isContended?: () => boolean; minSize?: number } = {},
  ) {
    const matching = matchingOf(kind);
    this.pool = createPoolState({
      kind: 'k',
      size,
      patience,
      ...more,
      faults: [],
      restart: { limit: 1, delay: 1, maxDelay: 1 },
      queue: new TaskQueue({
        accept: ({ status, key, worker }, entry) => {
          const isOther = matching.keys === 'require' && entry.key !== undefined && entry.key !== key;
          if (status.type === 'old' && isOther) return false;
          return kind.taskMatch?.(status, entry.task, worker as NonNullable<typeof worker>) ?? true;
        },
        prefer: kind.prefers && (({ status }, entry) => kind.prefers?.(status, entry.task, undefined as never) ?? true),
        keys: matching.keys,
      }),
      rules: {
        window: 1,
        concurrency: 1,
        isIdempotent: false,
        begunOf: () => undefined,
        recall: () => undefined,
        keyOf: (competence) => kind.affinityOfCompetence?.(competence),
        matching,
        onDeath: () => ({ isRetried: false, error: undefined }),
        requestOf: (_cursor, entry) => entry.task,
        reasonToStop: () => undefined,
      },
    });
    decide(this.pool, { type: 'enqueue' });
    for (const { id } of this.pool.seats.values()) decide(this.pool, { type: 'free', worker: id });
  }

  run(...tasks: string[]): void {
    for (const task of tasks) this.pool.queue.push(createEntry(task, { key: task === 'any' ? undefined : task }));
    decide(this.pool, { type: 'enqueue' });
  }

  /** The worker of a slot answers its task: it stays and knows the task's key. */
  answer(slot: number, follow: string[] = []): void {
    const seat = this.#seat(slot);
    const entry = seat.held.shift() as Entry;
    move(entry, 'settled');
    for (const task of follow) {
      const made = createEntry(task, { origin: seat.id });
      this.pool.queue.push(made);
      this.pool.followUps.add(made);
    }
    const isNext = hasNextWith(this.pool, seat, entry.task);
    learn(this.pool, seat, entry.task);
    if (isNext) take(this.pool, seat, []);
    else decide(this.pool, { type: 'free', worker: seat.id });
  }

  /** A worker that was ended exits, and the one in its place starts. */
  replace(slot: number): void {
    const exit = { exitCode: null, signal: 'SIGKILL', reason: 'killed' } as const;
    decide(this.pool, { type: 'exited', worker: this.#seat(slot).id, exit });
    decide(this.pool, { type: 'free', worker: this.#seat(slot).id });
  }

  /** Time passes, if the rules have asked for a tick. */
  tick(times = 1): void {
    for (let i = 0; i < times && this.pool.scheduling.isWatched; i++)
      decide(this.pool, { type: 'impatient', timer: this.pool.scheduling.timer });
  }

  measure(cost: number, work: number): void {
    decide(this.pool, { type: 'measured', means: { cost, work } });
  }

  /** What each worker does, in the order of the slots: its task, or its phase. */
  get doing(): string {
    const { size } = this.pool;
    return Array.from({ length: size }, (_, slot) => {
      const { phase, held } = this.#seat(slot);
      return phase === 'busy' ? String(held[0]?.task) : phase;
    }).join(' ');
  }

  #seat(slot: number): Seat {
    return [...this.pool.seats.values()].find((seat) => seat.slot === slot) as Seat;
  }
}
