import { readdirSync, readFileSync, statSync } from 'node:fs';

/** What the system can run short of. */
export type Resource = 'files' | 'processes';

/** What a soaked program asks of the one that has started it: so much of that, for it and for those processes. */
export interface LimitRequest {
  readonly resource: Resource;
  readonly soft: string;
  readonly pids: readonly number[];
}

const NAMES: Readonly<Record<Resource, RegExp>> = {
  files: /^Max open files +\S+ +(\S+)/m,
  processes: /^Max processes +\S+ +(\S+)/m,
};

/** Takes files, or processes and threads, away from this process. Another one does it: this one could not start it. */
export class Limits {
  readonly #hard: Readonly<Record<Resource, string>>;
  #told: ((answer: unknown) => void) | undefined;
  #relieved: Promise<void> | undefined;

  constructor() {
    const text = readFileSync('/proc/self/limits', 'utf8');
    const hardOf = (resource: Resource) => NAMES[resource].exec(text)?.[1] ?? 'unlimited';
    this.#hard = { files: hardOf('files'), processes: hardOf('processes') };
    process.on('message', (answer) => this.#told?.(answer));
  }

  /** Whether something is short just now: then nobody can look at the machine. */
  get isTight(): boolean {
    return this.#relieved !== undefined;
  }

  /** Leaves so many of a resource; `over` resolves when they are to be had again. False where it is short of something already. */
  tighten(resource: Resource, left: number, over: Promise<void>, workers: () => readonly number[]): boolean {
    if (this.#relieved !== undefined) return false;
    const soft = resource === 'files' ? descriptorsFor(left) : tasksOfUser() + left;
    this.#relieved = (async () => {
      await this.#ask({ resource, soft: String(soft), pids: [process.pid] });
      await over;
      // Processes that were started meanwhile have got the limit from this one; that of files Node has lifted already.
      const heirs = resource === 'processes' ? workers() : [];
      await this.#ask({ resource, soft: this.#hard[resource], pids: [process.pid, ...heirs] });
      this.#relieved = undefined;
    })();
    return true;
  }

  /** Resolves when nothing is short any more. */
  async relieved(): Promise<void> {
    await this.#relieved;
  }

  async #ask(request: LimitRequest): Promise<void> {
    const answer = await new Promise((resolve) => {
      this.#told = resolve;
      process.send?.(request);
    });
    if (answer !== 'done') throw new Error(String(answer));
  }
}

/** The lowest limit under which so many descriptors are left: the system gives the lowest that is free. */
function descriptorsFor(left: number): number {
  const open = new Set(readdirSync('/proc/self/fd').map(Number));
  let limit = 0;
  for (let free = 0; free < left || limit <= 2; limit++) if (!open.has(limit)) free++;
  while (open.has(limit)) limit++;
  return limit;
}

/** The processes and threads of this user: they are counted together. */
function tasksOfUser(): number {
  const user = process.getuid?.();
  let count = 0;
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if (statSync(`/proc/${pid}`).uid === user) count += readdirSync(`/proc/${pid}/task`).length;
    } catch {
      // It has ended meanwhile.
    }
  }
  return count;
}
