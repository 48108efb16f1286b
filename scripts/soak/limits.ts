import { readdirSync, readFileSync, statSync } from 'node:fs';

/** A resource of the system that can run short. */
export type Resource = 'files' | 'processes';

/** A request of the soaked program to its parent: set this limit for these processes. */
export interface LimitRequest {
  readonly resource: Resource;
  readonly soft: string;
  readonly pids: readonly number[];
}

const NAMES: Readonly<Record<Resource, RegExp>> = {
  files: /^Max open files +\S+ +(\S+)/m,
  processes: /^Max processes +\S+ +(\S+)/m,
};

/**
 * Limits the files, or the processes and threads, of this process. The parent sets the limits: during a shortage this
 * process cannot start prlimit.
 */
export class Limits {
  readonly #hard: Readonly<Record<Resource, string>>;
  #answered: ((answer: unknown) => void) | undefined;
  #relieved: Promise<void> | undefined;

  constructor() {
    const text = readFileSync('/proc/self/limits', 'utf8');
    const hardOf = (resource: Resource) => NAMES[resource].exec(text)?.[1] ?? 'unlimited';
    this.#hard = { files: hardOf('files'), processes: hardOf('processes') };
    process.on('message', (answer) => this.#answered?.(answer));
  }

  /** True while a resource is short. The machine cannot be sampled then. */
  get isTight(): boolean {
    return this.#relieved !== undefined;
  }

  /** Limits a resource to `left` more, until `over` resolves. Returns false if a resource is short already. */
  tighten(resource: Resource, left: number, over: Promise<void>, workers: () => readonly number[]): boolean {
    if (this.#relieved !== undefined) return false;
    const soft = resource === 'files' ? descriptorsFor(left) : tasksOfUser() + left;
    this.#relieved = (async () => {
      await this.#ask({ resource, soft: String(soft), pids: [process.pid] });
      await over;
      // Workers that started during the shortage inherited the limit of processes. Node has already lifted the limit of
      // files.
      const heirs = resource === 'processes' ? workers() : [];
      await this.#ask({ resource, soft: this.#hard[resource], pids: [process.pid, ...heirs] });
      this.#relieved = undefined;
    })();
    return true;
  }

  /** Resolves when no resource is short any more. */
  async relieved(): Promise<void> {
    await this.#relieved;
  }

  async #ask(request: LimitRequest): Promise<void> {
    const answer = await new Promise((resolve) => {
      this.#answered = resolve;
      process.send?.(request);
    });
    if (answer !== 'done') throw new Error(String(answer));
  }
}

/** Returns the lowest limit that leaves this many descriptors. The system always gives the lowest free descriptor. */
function descriptorsFor(left: number): number {
  const open = new Set(readdirSync('/proc/self/fd').map(Number));
  let limit = 0;
  for (let free = 0; free < left || limit <= 2; limit++) if (!open.has(limit)) free++;
  while (open.has(limit)) limit++;
  return limit;
}

/** Counts the processes and threads of this user, as the system does. */
function tasksOfUser(): number {
  const user = process.getuid?.();
  let count = 0;
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if (statSync(`/proc/${pid}`).uid === user) count += readdirSync(`/proc/${pid}/task`).length;
    } catch {
      // The process has ended already.
    }
  }
  return count;
}
