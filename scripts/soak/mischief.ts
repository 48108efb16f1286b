import type { SoakTask } from './chores.ts';
import type { Act, Hook, Mischief, PoolUnderLoad } from './soak-pool.ts';

/** What hooks do in the middle of a pool's work. */
export const acts: readonly Act[] = [
  (load, task) => task && load.abort(task),
  ({ pool }) => pool.cancelAll(),
  ({ pool, chance }) => {
    const { workers } = pool;
    pool.cancelWorker(workers[chance(Math.max(1, workers.length))]?.id ?? '');
  },
  (load) => load.give(),
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
export class PlannedMischief implements Mischief {
  /** Where it is to happen; the first hooks are called before there is one. */
  load: PoolUnderLoad | undefined;
  readonly #planned = new Map<Hook, Act[]>();

  /** The next call of that hook does this. */
  plan(hook: Hook, act: Act): void {
    this.#planned.set(hook, [...(this.#planned.get(hook) ?? []), act]);
  }

  /** A hook is called; it may come here again before this has returned. */
  at(hook: Hook, task?: SoakTask): void {
    const planned = this.#planned.get(hook);
    const { load } = this;
    if (planned === undefined || load === undefined) return;
    const [act, ...others] = planned;
    if (others.length > 0) this.#planned.set(hook, others);
    else this.#planned.delete(hook);
    load.ledger.addFault(`in ${hook}`);
    act?.(load, task);
  }

  /** Nothing more is to happen. */
  clear(): void {
    this.#planned.clear();
  }
}
