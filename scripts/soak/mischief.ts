import type { SoakTask } from './chores.ts';
import type { Act, Hook, Mischief, PoolUnderLoad } from './soak-pool.ts';

/** Acts of hooks in the middle of a pool's work. */
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

/** Acts of hooks at the end of their pool. */
export const ends: readonly Act[] = [
  ({ pool }) => void pool.destroy(),
  ({ pool }) => void pool.close({ tasks: 'cancel' }),
  ({ pool }) => void pool.close({ tasks: 'finish' }),
];

/**
 * The acts planned for the next calls of hooks. The plan is made in advance, so that chance does not depend on the
 * number of calls.
 */
export class PlannedMischief implements Mischief {
  /** The pool to act on; absent during its first hook calls. */
  load: PoolUnderLoad | undefined;
  readonly #planned = new Map<Hook, Act[]>();

  /** Plans an act for the next call of that hook. */
  plan(hook: Hook, act: Act): void {
    this.#planned.set(hook, [...(this.#planned.get(hook) ?? []), act]);
  }

  /** Runs the act planned for this call of a hook. May be entered again before it returns. */
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

  /** Cancels all planned acts. */
  clear(): void {
    this.#planned.clear();
  }
}
