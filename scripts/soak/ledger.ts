import type { TaskOutcome } from 'statepool';
import { type Chore, chores, faultOfResult, type SoakTask } from './chores.ts';

/** The most violations that are listed, and the most of one sort. Further ones are only counted. */
const MOST_LISTED = 20;
const MOST_ALIKE = 3;

/** The account of a task that has not settled everywhere yet. */
interface Account {
  readonly task: SoakTask;
  readonly since: number;
  /** A caller waits for the task; a follow-up has none. */
  readonly hasCaller: boolean;
  isReported: boolean;
  uses: number;
  endings: number;
  notes: number;
}

/** A worker's death in the error of its task. */
interface Death {
  readonly code?: unknown;
  readonly reason?: unknown;
  readonly signal?: unknown;
}

/** A feedback of a worker. The feedbacks of a task count from 1; 0 comes after the answer. */
export interface SoakNote {
  readonly id: number;
  readonly note: number;
}

/** Signals that the whole process group gets and the program handles. */
export const groupSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The accounts of the tasks: each is accepted once, settled once, and with the right outcome. Holds only the tasks
 * under way.
 */
export class Ledger {
  readonly #open = new Map<number, Account>();
  #lastId = 0;
  accepted = 0;
  settled = 0;
  doubles = 0;
  wrong = 0;
  /** The number of tasks by their end: `result`, or an error code. */
  readonly ends: Record<string, number> = {};
  /** The number of injected faults, by name. */
  readonly faults: Record<string, number> = {};
  /** The number of honest tasks that lost their worker, by the reason of its death. */
  readonly bereaved: Record<string, number> = {};
  readonly violations: string[] = [];
  readonly #sorts = new Map<string, number>();
  violated = 0;
  /** The number of the current pool, for the messages of violations. */
  round: number | undefined;

  get faultCount(): number {
    return Object.values(this.faults).reduce((sum, count) => sum + count, 0);
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Returns the id of the next task. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Counts a fault. */
  addFault(name: string): void {
    this.faults[name] = (this.faults[name] ?? 0) + 1;
  }

  /** Records a violation. */
  violate(what: string): void {
    this.violated++;
    const sort = what
      .replace(/\n[\s\S]*/, '')
      .replaceAll(/\d+/g, '#')
      .replace(/\(\w+\)/, '');
    const alike = (this.#sorts.get(sort) ?? 0) + 1;
    this.#sorts.set(sort, alike);
    if (alike > MOST_ALIKE || this.violations.length >= MOST_LISTED) return;
    this.violations.push(this.round === undefined ? what : `round ${this.round}: ${what}`);
  }

  /** Opens the account of a task before its submission. */
  open(task: SoakTask, hasCaller: boolean): void {
    this.accepted++;
    const since = performance.now();
    this.#open.set(task.id, { task, since, hasCaller, isReported: false, uses: 0, endings: 0, notes: 0 });
  }

  /** Records that the kind uses the response of a task. */
  use(task: SoakTask): void {
    const account = this.#open.get(task.id);
    if (account === undefined || account.isReported)
      return this.#double(task, 'its response was used after it had settled');
    if (++account.uses > 1) this.#double(task, 'its response was used twice');
  }

  /** Closes the account of a task that the pool refused. */
  withdraw(task: SoakTask): void {
    const account = this.#open.get(task.id);
    if (account === undefined || account.isReported) return this.#double(task, 'it was refused after it had settled');
    this.#open.delete(task.id);
    this.accepted--;
  }

  /** Records a worker's death that the kind's hook got, with its task or without one. */
  noteDeath(death: Death): void {
    const isGroups = groupSignals.some((signal) => signal === death.signal);
    if (isGroups) this.violate(`a ${String(death.signal)} to the program's group ended a worker`);
  }

  /** Records that a worker died with this task and that the kind retries it. */
  retry(task: SoakTask): void {
    const account = this.#open.get(task.id);
    if (account === undefined || account.isReported) this.#double(task, 'its death was reported after it had settled');
    else if (account.uses > 0) this.#double(task, 'its death was reported after its response was used');
  }

  /** Records that a task ended without a verdict. */
  endWithoutVerdict(task: SoakTask): void {
    const account = this.#open.get(task.id);
    if (account === undefined || account.isReported)
      return this.#double(task, 'its end was reported after it had settled');
    if (++account.endings > 1) this.#double(task, 'its end was reported twice');
  }

  /** Records a feedback of a task. */
  note(task: SoakTask, feedback: SoakNote): void {
    if (feedback.id !== task.id) return this.#wrong(task, `it got a feedback of task ${feedback.id}`);
    if (feedback.note === 0) return;
    const account = this.#open.get(task.id);
    if (account === undefined) return this.violate(`${nameOf(task)}: a feedback came after it had settled`);
    // A worker that died may have prefetched this task. Then the task may run again, from its first feedback on.
    if (feedback.note === 1) account.notes = 0;
    if (feedback.note !== ++account.notes) this.violate(`${nameOf(task)}: feedback ${feedback.note} came out of order`);
  }

  /** Records a feedback that the caller of a task got. */
  hear(task: SoakTask, feedback: SoakNote): void {
    if (feedback.id !== task.id) this.#wrong(task, `its caller got a feedback of task ${feedback.id}`);
  }

  /** Records the end of a task as the pool reports it. */
  report(outcome: TaskOutcome): void {
    const task = outcome.task as SoakTask;
    const account = this.#open.get(task.id);
    if (account === undefined || account.isReported) return this.#double(task, 'it was reported twice');
    account.isReported = true;
    if (!account.hasCaller) this.#settle(account, outcome);
  }

  /** Records the end of a task as its caller gets it. */
  answer(task: SoakTask, outcome: { readonly result: unknown } | { readonly error: unknown }): void {
    const account = this.#open.get(task.id);
    if (account === undefined) return this.#double(task, 'it was answered twice');
    if (!account.isReported) this.violate(`${nameOf(task)} was answered and not reported`);
    this.#settle(account, outcome);
  }

  /** Returns the age of the oldest task under way, in ms, and its name. */
  oldest(): { readonly age: number; readonly name: string } {
    const [first] = this.#open.values();
    return first === undefined
      ? { age: 0, name: '' }
      : { age: performance.now() - first.since, name: nameOf(first.task) };
  }

  /** Drops the tasks under way after the end of their pool; returns how many there were. */
  writeOff(): number {
    const lost = this.#open.size;
    for (const { task } of this.#open.values()) this.violate(`${nameOf(task)} never settled`);
    this.#open.clear();
    return lost;
  }

  #settle(account: Account, outcome: { readonly result?: unknown; readonly error?: unknown }): void {
    const { task } = account;
    this.#open.delete(task.id);
    this.settled++;
    const end = outcome.error === undefined ? 'result' : codeOf(outcome.error);
    this.ends[end] = (this.ends[end] ?? 0) + 1;
    const chore = chores[task.chore] as Chore;
    if (chore.ends.includes(end)) {
      if (chore.isFault && end !== 'result') this.addFault(task.chore);
      const problem = end === 'result' ? faultOfResult(task, outcome.result) : undefined;
      if (problem !== undefined) this.#wrong(task, problem);
      if (end === 'result' && account.notes !== (task.notes ?? 0)) {
        this.#wrong(task, `${account.notes} of its ${task.notes ?? 0} feedbacks came`);
      }
    } else if (chore.mayEnd?.includes(end)) return;
    else if (end === 'WORKER_DIED') this.#bereave(task, outcome.error as Death);
    // Any cancel of the worker, of all workers or of the pool also cancels its task.
    else if (end !== 'CANCELLED') this.#wrong(task, `it ended with ${end}: ${String(outcome.error ?? 'a result')}`);
  }

  /**
   * Records a task that lost its worker though it does not end one. The cause must be a signal from outside, or a
   * feedback.
   */
  #bereave(task: SoakTask, death: Death): void {
    const reason = String(death.reason);
    this.bereaved[reason] = (this.bereaved[reason] ?? 0) + 1;
    if (!['signal', 'unresponsive', 'uncaught'].includes(reason)) {
      this.#wrong(task, `it was blamed for a death that was not its own: ${String(death)}`);
    }
  }

  #wrong(task: SoakTask, what: string): void {
    this.wrong++;
    this.violate(`${nameOf(task)}: ${what}`);
  }

  #double(task: SoakTask, what: string): void {
    this.doubles++;
    this.violate(`${nameOf(task)}: ${what}`);
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? error);
}

function nameOf({ id, chore }: SoakTask): string {
  return `task ${id} (${chore})`;
}
