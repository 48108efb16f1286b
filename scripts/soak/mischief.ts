import type { SoakTask } from './chores.ts';
import type { Stage } from './round.ts';

/** Where a kind, or who listens to its pool, is called while the pool is at work. */
export const hooks = [
  'requestOfTask',
  'taskMatch',
  'useResponse',
  'onPerformError',
  'onMarshalError',
  'onTaskCancellationOrExpirationOrWorkerDeath',
  'forwardFeedback',
  'extraEnv',
  'onFeedback',
  'the listener to task',
] as const;

/** One of them. */
export type Hook = (typeof hooks)[number];

/** What a hook does to its own pool, with the task that it is called for where there is one. */
export type Act = (stage: Stage, task: SoakTask | undefined) => void;

/** What hooks do in the middle of a pool's work. */
export const acts: readonly Act[] = [
  (stage, task) => task && stage.abort(task),
  ({ pool }) => pool.cancelAll(),
  ({ pool, chance }) => {
    const { workers } = pool;
    pool.cancelWorker(workers[chance(Math.max(1, workers.length))]?.id ?? '');
  },
  (stage) => stage.give(),
  ({ pool, later }) => {
    pool.setOrder((left, right) => right.value - left.value);
    later(50, () => pool.setOrder());
  },
  ({ pool }) => pool.broadcast(),
  ({ pool }) => {
    pool.pause();
    pool.resume();
  },
  ({ pool, size, chance, later }) => {
    pool.resize(chance(size + 1));
    later(50, () => pool.resize(size));
  },
  ({ pool }) => void pool.snapshot().catch(() => {}),
  ({ pool }) => pool.forwardFeedback({ id: 0, note: 0 }),
];

/** What hooks do when their pool is to end. */
export const ends: readonly Act[] = [
  ({ pool }) => void pool.destroy(),
  ({ pool }) => void pool.close({ tasks: 'cancel' }),
  ({ pool }) => void pool.close({ tasks: 'finish' }),
];

/** What hooks are to do the next time that they are called: chosen before, so that chance does not depend on how often they are. */
export class Mischief {
  /** Where it is to happen; the first hooks are called before there is one. */
  stage: Stage | undefined;
  readonly #planned = new Map<Hook, Act[]>();

  /** The next call of that hook does this. */
  plan(hook: Hook, act: Act): void {
    this.#planned.set(hook, [...(this.#planned.get(hook) ?? []), act]);
  }

  /** A hook is called; it may come here again before this has returned. */
  at(hook: Hook, task?: SoakTask): void {
    const planned = this.#planned.get(hook);
    const { stage } = this;
    if (planned === undefined || stage === undefined) return;
    const [act, ...others] = planned;
    if (others.length > 0) this.#planned.set(hook, others);
    else this.#planned.delete(hook);
    stage.ledger.addFault(`in ${hook}`);
    act?.(stage, task);
  }

  /** Nothing more is to happen. */
  clear(): void {
    this.#planned.clear();
  }
}
