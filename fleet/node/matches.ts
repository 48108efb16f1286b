import type { Pool, WorkerInfo } from '../../actors/index.ts';
import type { AnyKind } from '../../actors/tooling.ts';

/** The place of a worker that does not exist yet. */
const NOWHERE = { id: '', slot: 0, tasks: 0 };

/** Knows which tasks the workers of a node take, and which node holds a key. */
export class Matches {
  readonly #kind: AnyKind;
  readonly #pool: Pool<unknown, unknown, unknown, unknown>;
  /** The nodes that hold a key, by the key: as they told. */
  #holders: ReadonlyMap<string, string> = new Map();

  constructor(kind: AnyKind, pool: Pool<unknown, unknown, unknown, unknown>) {
    this.#kind = kind;
    this.#pool = pool;
  }

  /** The keys for which workers of this node have loaded what tasks need. */
  get keys(): string[] {
    const keys = new Set<string>();
    for (const { status } of this.#pool.workers) {
      if (status.type !== 'old') continue;
      const key = this.#keyOf(status.competence);
      if (key !== undefined) keys.add(key);
    }
    return [...keys];
  }

  /** Sets the keys that other nodes hold. */
  setHolders(holders: ReadonlyMap<string, string>): void {
    this.#holders = holders;
  }

  /** Returns the other node that holds the key of a task, if this node does not. */
  holderOf(task: unknown): string | undefined {
    if (this.#holders.size === 0 || this.#kind.affinity === undefined) return undefined;
    try {
      const key = this.#kind.affinity(task);
      if (key === undefined || this.keys.includes(key)) return undefined;
      return this.#holders.get(key);
    } catch {
      return undefined;
    }
  }

  /** Returns whether a worker of this node takes the task now, or a fresh one would. */
  isTaken(task: unknown): boolean {
    if (this.#kind.taskMatch === undefined) return true;
    try {
      return this.fitsFresh(task) || this.#pool.workers.some((worker) => this.#fits(worker, task));
    } catch {
      // The pool reports the error of the hook.
      return true;
    }
  }

  /** Returns whether a fresh worker would take the task. @throws the error of the kind's `taskMatch` */
  fitsFresh(task: unknown): boolean {
    return this.#kind.taskMatch?.({ type: 'fresh' }, task, NOWHERE) ?? true;
  }

  #fits({ id, state, status, tasks }: WorkerInfo, task: unknown): boolean {
    if (state === 'dead') return false;
    const slot = Number(id.split(':').at(-2) ?? 0);
    return this.#kind.taskMatch?.(status, task, { id, slot, tasks }) ?? true;
  }

  #keyOf(competence: unknown): string | undefined {
    try {
      return this.#kind.affinityOfCompetence?.(competence);
    } catch {
      return undefined;
    }
  }
}
