import type { CompetenceOf, EndReason, Kind, Verdict, WorkerPlace, WorkerStatus } from '../../kinds/kind.ts';
import { accepts, answersTo, type ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { createScript, type Instruction, type ScriptedNote, type ScriptedRequest } from './script.ts';

/** The module of the scripted worker, compiled or not, as it stands beside this file. */
const WORKER = new URL(`./scripted-worker${import.meta.url.slice(-3)}`, import.meta.url);

/** A task of a test: the kind's own task, and the record of its life. */
export interface Given {
  readonly number: number;
  /** The class of the task. */
  readonly name: string;
  /** The task in the kind's own form. */
  readonly task: unknown;
  readonly controller: AbortController;
  readonly isFollowUp: boolean;
  /** Makes its request one that cannot be cloned. */
  isUnserialisable: boolean;
  /** The status for which its last request was built. */
  asked: WorkerStatus | undefined;
  /** The worker that began it, and its process. */
  worker: string | undefined;
  pid: number | undefined;
  isSpinning: boolean;
  verdict: Verdict | undefined;
  /** The codes of the reasons that the kind's hook got. */
  readonly reasons: string[];
  marshalErrors: number;
  /** The number of times that the pool reported its end, and the outcome. */
  settled: number;
  outcome: { readonly status: 'done' | 'failed'; readonly result?: unknown; readonly error?: unknown } | undefined;
}

/** The types of the kind that a scripted pool runs. */
export interface ScriptedTypes {
  task: Given;
  request: ScriptedRequest;
  response: unknown;
  competence: unknown;
  result: unknown;
  feedback: ScriptedNote | Instruction;
}

/**
 * A kind under test, on workers that follow instructions. Everything that runs in the master is the kind's own, behind
 * a gate that admits only chosen tasks. Checks each call of the kind's functions, and records each offence of the pool.
 */
export class ScriptedKind {
  readonly inner: ChartedKind;
  readonly kind: Kind<ScriptedTypes>;
  /** Every task so far, by its number. */
  readonly given: Given[] = [];
  /** The offences of the pool: acts that are never allowed. */
  readonly offences: string[] = [];
  /** The number of calls of the hook for a worker that died with no task. */
  idleDeaths = 0;
  /** Returns whether this task may go to a worker now. */
  isOpen: (given: Given, status: WorkerStatus) => boolean = () => true;
  /** The competence of each worker after its last verdict. */
  readonly #knows = new Map<string, WorkerStatus>();

  constructor(inner: ChartedKind) {
    this.inner = inner;
    const url = new URL(WORKER);
    url.searchParams.set('name', inner.name);
    this.kind = { ...this.#inMaster(), ...(createScript() as object), name: inner.name, url } as Kind<ScriptedTypes>;
  }

  /** Makes a task of a class. */
  make(name: string, task: unknown = this.inner.examples?.tasks[name]?.(), maker?: Given): Given {
    const given: Given = {
      number: this.given.length,
      name,
      task,
      controller: maker?.controller ?? new AbortController(),
      isFollowUp: maker !== undefined,
      isUnserialisable: false,
      asked: undefined,
      worker: undefined,
      pid: undefined,
      isSpinning: false,
      verdict: undefined,
      reasons: [],
      marshalErrors: 0,
      settled: 0,
      outcome: undefined,
    };
    this.given.push(given);
    return given;
  }

  /** Makes an example's response to this task. */
  responseTo({ name, task }: Given, response: string): unknown {
    if (!answersTo(this.inner, name).includes(response)) throw new Error(`${response} is no response to ${name}`);
    return this.inner.examples?.responses[response]?.make(task);
  }

  /** Records a message of a worker about the task that it performs. */
  note(given: Given, note: ScriptedNote, worker: string): void {
    if (note.spinning === given.number) given.isSpinning = true;
    if (note.begun !== given.number) return;
    given.worker = worker;
    given.pid = note.pid;
    this.#checkStatus('requestOfTask', given, given.asked as WorkerStatus);
  }

  #inMaster(): Partial<Kind<ScriptedTypes>> {
    const { inner } = this;
    return {
      window: 1,
      ...(inner.extraEnv ? { extraEnv: () => inner.extraEnv?.() ?? {} } : {}),
      ...(inner.affinity ? { affinity: ({ task }: Given) => inner.affinity?.(task) } : {}),
      ...(inner.affinityOfCompetence
        ? { affinityOfCompetence: (competence: unknown) => inner.affinityOfCompetence?.(competence) }
        : {}),
      ...(inner.affinityMode ? { affinityMode: inner.affinityMode } : {}),
      ...(inner.prefers
        ? {
            prefers: (status: WorkerStatus, given: Given, worker: WorkerPlace) =>
              inner.prefers?.(status, given.task, worker) ?? true,
          }
        : {}),
      taskMatch: (status: WorkerStatus, given: Given, worker: WorkerPlace) =>
        this.isOpen(given, status) && (inner.taskMatch?.(status, given.task, worker) ?? true),
      requestOfTask: (status: WorkerStatus, given: Given, worker: WorkerPlace) =>
        this.#requestOf(status, given, worker),
      ...(inner.useResponse
        ? { useResponse: (status: WorkerStatus, given: Given, response: unknown) => this.#use(status, given, response) }
        : {}),
      ...(inner.onPerformError
        ? {
            onPerformError: (status: WorkerStatus, given: Given, error: Error) =>
              this.#record(given, inner.onPerformError?.(status, given.task, error)),
          }
        : {}),
      onMarshalError: (message: string, given: Given) => {
        given.marshalErrors++;
        inner.onMarshalError?.(message, given.task);
      },
      onTaskCancellationOrExpirationOrWorkerDeath: (given: Given | undefined, reason: EndReason) => {
        if (given === undefined) this.idleDeaths++;
        else given.reasons.push(reason.code);
        return inner.onTaskCancellationOrExpirationOrWorkerDeath?.(given?.task, reason);
      },
      nameOfTask: ({ name, number }: Given) => `${name} #${number}`,
    };
  }

  #requestOf(status: WorkerStatus, given: Given, worker: WorkerPlace): ScriptedRequest | undefined {
    given.asked = status;
    if (!this.isOpen(given, status) || !accepts(this.inner, status, given.task, worker)) {
      this.offences.push(`${nameOf(given)} was given to a worker that does not take it in its status ${show(status)}`);
    }
    if (given.settled > 0) this.offences.push(`${nameOf(given)} was given to a worker after it had settled`);
    const request = this.inner.requestOfTask(status, given.task, worker);
    if (request === undefined) return undefined;
    return { order: given.number, request: given.isUnserialisable ? () => {} : request };
  }

  #use(status: WorkerStatus, given: Given, response: unknown): Verdict<Given> {
    if (given.verdict !== undefined) this.offences.push(`useResponse ran twice for ${nameOf(given)}`);
    if (given.settled > 0) this.offences.push(`useResponse ran for ${nameOf(given)} after it had settled`);
    this.#checkStatus('useResponse', given, status);
    return this.#record(given, this.inner.useResponse?.(status, given.task, response) as Verdict) as Verdict<Given>;
  }

  /** Records a verdict, and makes tasks of the test from its follow-ups. */
  #record(given: Given, verdict: Verdict | undefined): Verdict<Given> | undefined {
    given.verdict = verdict;
    if (verdict === undefined) return undefined;
    if (verdict.type === 'stay' && given.worker !== undefined) {
      this.#knows.set(given.worker, { type: 'old', competence: verdict.competence as CompetenceOf<ScriptedTypes> });
    }
    const { tasks, ...rest } = verdict;
    if (tasks === undefined) return rest;
    const followUps = tasks.map((task) => this.make(this.inner.examples?.classOfTask(task) ?? '', task, given));
    return { ...rest, tasks: followUps };
  }

  #checkStatus(hook: string, given: Given, status: WorkerStatus): void {
    const known: WorkerStatus = this.#knows.get(given.worker ?? '') ?? { type: 'fresh' };
    if (this.inner.useResponse === undefined) return;
    const isSame = status.type === 'old' && known.type === 'old' && Object.is(status.competence, known.competence);
    if (isSame || (status.type === 'fresh' && known.type === 'fresh')) return;
    this.offences.push(`${hook} got ${show(status)} for ${nameOf(given)}, though its worker is ${show(known)}`);
  }
}

/**
 * Returns the end of a task: `result`, `error` if its verdict has one, else the code of the pool's error; `undefined`
 * before its end.
 */
export function endOfGiven({ outcome, verdict }: Given): string | undefined {
  if (outcome === undefined) return undefined;
  if (outcome.status === 'done') return 'result';
  if (verdict?.error !== undefined && Object.is(verdict.error, outcome.error)) return 'error';
  return String((outcome.error as { code?: unknown }).code);
}

/** Returns a task of a test in a few words. */
export function nameOf({ name, number }: Given): string {
  return `${name} #${number}`;
}

function show(status: WorkerStatus): string {
  if (status.type === 'fresh') return 'fresh';
  try {
    return `old with ${JSON.stringify(status.competence)}`;
  } catch {
    return 'old';
  }
}
