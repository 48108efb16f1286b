import type { TaskOutcome } from 'statepool';
import { type Chore, chores, faultOfResult, type SoakTask } from './chores.ts';

/** The most violations that are told, and the most of one sort; of more there is only the number. */
const MOST_TOLD = 20;
const MOST_ALIKE = 3;

/** What is known of a task that has not settled everywhere yet. */
interface Account {
  readonly task: SoakTask;
  readonly since: number;
  /** Whether a caller waits for it; a follow-up has none. */
  readonly hasCaller: boolean;
  isTold: boolean;
  uses: number;
  endings: number;
  notes: number;
}

/** A worker's death as its task's error tells it. */
interface Death {
  readonly code?: unknown;
  readonly reason?: unknown;
  readonly signal?: unknown;
}

/** A feedback as workers send it: those of a task count from 1, and 0 comes after its answer. */
export interface SoakNote {
  readonly id: number;
  readonly note: number;
}

/** What comes to the whole process group, and is the program's to handle. */
export const groupSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The accounts of every task: accepted once, settled once, and as it should. It holds those under way only. */
export class Ledger {
  readonly #open = new Map<number, Account>();
  #lastId = 0;
  accepted = 0;
  settled = 0;
  doubles = 0;
  wrong = 0;
  /** How tasks ended: `result`, or the code of an error, and how many did. */
  readonly ends: Record<string, number> = {};
  /** The faults that took place, by their names. */
  readonly faults: Record<string, number> = {};
  /** Honest tasks that lost their worker, by the reason of its death. */
  readonly bereaved: Record<string, number> = {};
  readonly violations: string[] = [];
  readonly #sorts = new Map<string, number>();
  violated = 0;
  /** The pool that it is about, for whoever reads of a violation. */
  round: number | undefined;

  get faultCount(): number {
    return Object.values(this.faults).reduce((sum, count) => sum + count, 0);
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** The id of the next task. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** A fault has taken place. */
  addFault(name: string): void {
    this.faults[name] = (this.faults[name] ?? 0) + 1;
  }

  /** Something does not hold. */
  violate(what: string): void {
    this.violated++;
    const sort = what
      .replace(/\n[\s\S]*/, '')
      .replaceAll(/\d+/g, '#')
      .replace(/\(\w+\)/, '');
    const alike = (this.#sorts.get(sort) ?? 0) + 1;
    this.#sorts.set(sort, alike);
    if (alike > MOST_ALIKE || this.violations.length >= MOST_TOLD) return;
    this.violations.push(this.round === undefined ? what : `round ${this.round}: ${what}`);
  }

  /** A task goes to the pool. */
  open(task: SoakTask, hasCaller: boolean): void {
    this.accepted++;
    const since = performance.now();
    this.#open.set(task.id, { task, since, hasCaller, isTold: false, uses: 0, endings: 0, notes: 0 });
  }

  /** The kind judges the response of a task. */
  use(task: SoakTask): void {
    const account = this.#open.get(task.id);
    if (account === undefined || account.isTold)
      return this.#double(task, 'its response was used after it had settled');
    if (++account.uses > 1) this.#double(task, 'its response was used twice');
  }

  /** The pool has refused a task: it was never accepted. */
  withdraw(task: SoakTask): void {
    const account = this.#open.get(task.id);
    if (account === undefined || account.isTold) return this.#double(task, 'it was refused after it had settled');
    this.#open.delete(task.id);
    this.accepted--;
  }

  /** The kind hears of a worker's death, with the task that it held or none. */
  mourn(death: Death): void {
    const isGroups = groupSignals.some((signal) => signal === death.signal);
    if (isGroups) this.violate(`a ${String(death.signal)} to the program's group ended a worker`);
  }

  /** The kind hears that a worker died with this task, and wants it to be tried again. */
  retry(task: SoakTask): void {
    const account = this.#open.get(task.id);
    if (account === undefined || account.isTold) this.#double(task, 'its death was told after it had settled');
    else if (account.uses > 0) this.#double(task, 'its death was told after its response was used');
  }

  /** The kind hears that a task ended without a verdict. */
  endWithoutVerdict(task: SoakTask): void {
    const account = this.#open.get(task.id);
    if (account === undefined || account.isTold) return this.#double(task, 'its end was told after it had settled');
    if (++account.endings > 1) this.#double(task, 'its end was told twice');
  }

  /** A feedback of a task has come. */
  note(task: SoakTask, feedback: SoakNote): void {
    if (feedback.id !== task.id) return this.#wrong(task, `it got a feedback of task ${feedback.id}`);
    if (feedback.note === 0) return;
    const account = this.#open.get(task.id);
    if (account === undefined) return this.violate(`${nameOf(task)}: a feedback came after it had settled`);
    // A task that was prefetched by a worker that died may be performed again, from its first feedback on.
    if (feedback.note === 1) account.notes = 0;
    if (feedback.note !== ++account.notes) this.violate(`${nameOf(task)}: feedback ${feedback.note} came out of order`);
  }

  /** A feedback has come to the caller of a task. */
  hear(task: SoakTask, feedback: SoakNote): void {
    if (feedback.id !== task.id) this.#wrong(task, `its caller got a feedback of task ${feedback.id}`);
  }

  /** The pool tells that a task has settled. */
  tell(outcome: TaskOutcome): void {
    const task = outcome.task as SoakTask;
    const account = this.#open.get(task.id);
    if (account === undefined || account.isTold) return this.#double(task, 'it was told twice');
    account.isTold = true;
    if (!account.hasCaller) this.#settle(account, outcome);
  }

  /** A caller has got what its task gave. */
  answer(task: SoakTask, outcome: { readonly result: unknown } | { readonly error: unknown }): void {
    const account = this.#open.get(task.id);
    if (account === undefined) return this.#double(task, 'it was answered twice');
    if (!account.isTold) this.violate(`${nameOf(task)} was answered and not told`);
    this.#settle(account, outcome);
  }

  /** How long the oldest task has been under way, and its name. In ms. */
  oldest(): { readonly age: number; readonly name: string } {
    const [first] = this.#open.values();
    return first === undefined
      ? { age: 0, name: '' }
      : { age: performance.now() - first.since, name: nameOf(first.task) };
  }

  /** Gives up those under way, and answers how many they are: their pool has ended. */
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
    // Whoever cancels a worker, all of them or the pool cancels its task.
    else if (end !== 'CANCELLED') this.#wrong(task, `it ended with ${end}: ${String(outcome.error ?? 'a result')}`);
  }

  /** A task lost its worker that was not to end it. Only a signal from outside, or a feedback to it, may do that to it. */
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
