import type { CompetenceOf, EndReason, Kind, Verdict, WorkerStatus } from '../../kinds/kind.ts';
import { accepts, answersTo, type ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { createScript, type Instruction, type ScriptedNote, type ScriptedRequest } from './script.ts';

/** The module of the scripted worker, compiled or not, as it stands beside this file. */
const WORKER = new URL(`./scripted-worker${import.meta.url.slice(-3)}`, import.meta.url);

/** One task of a test: the kind's own task, and all that was seen of it. */
export interface Given {
  readonly number: number;
  /** The class of the task. */
  readonly name: string;
  /** The task as the kind knows it. */
  readonly task: unknown;
  readonly controller: AbortController;
  readonly isFollowUp: boolean;
  /** Set where its request shall be one that cannot be cloned. */
  isUnserialisable: boolean;
  /** The status that its last request was built for. */
  asked: WorkerStatus | undefined;
  /** The worker that has begun with it, and its process. */
  worker: string | undefined;
  pid: number | undefined;
  isSpinning: boolean;
  verdict: Verdict | undefined;
  /** The codes of the reasons that the kind's hook was told. */
  readonly told: string[];
  marshalErrors: number;
  /** How often the pool told that it has settled, and how. */
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
 * A kind under test, on workers that do as they are told: everything that runs in the master is the kind's own, behind a
 * gate that lets through only the tasks that it is told to. It watches what the kind is asked, and remembers what the pool
 * must not have done.
 */
export class ScriptedKind {
  readonly inner: ChartedKind;
  readonly kind: Kind<ScriptedTypes>;
  /** Every task so far, by its number. */
  readonly given: Given[] = [];
  /** What the pool must not have done. */
  readonly offences: string[] = [];
  /** How often the hook was told of a worker that died with no task. */
  idleDeaths = 0;
  /** May this task go to a worker now? */
  isOpen: (given: Given, status: WorkerStatus) => boolean = () => true;
  /** What each worker's last verdict said it knows. */
  readonly #knows = new Map<string, WorkerStatus>();

  constructor(inner: ChartedKind) {
    this.inner = inner;
    const url = new URL(WORKER);
    url.searchParams.set('name', inner.name);
    this.kind = { ...this.#inMaster(), ...(createScript() as object), name: inner.name, url } as Kind<ScriptedTypes>;
  }

  /** A task of a class that has not been run yet. */
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
      told: [],
      marshalErrors: 0,
      settled: 0,
      outcome: undefined,
    };
    this.given.push(given);
    return given;
  }

  /** The response of an example to this task. */
  responseTo({ name, task }: Given, response: string): unknown {
    if (!answersTo(this.inner, name).includes(response)) throw new Error(`${response} is no response to ${name}`);
    return this.inner.examples?.responses[response]?.make(task);
  }

  /** A worker says something about the task that it has in its hands. */
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
      taskMatch: (status: WorkerStatus, given: Given) =>
        this.isOpen(given, status) && (inner.taskMatch?.(status, given.task) ?? true),
      requestOfTask: (status: WorkerStatus, given: Given) => this.#requestOf(status, given),
      ...(inner.useResponse
        ? { useResponse: (status: WorkerStatus, given: Given, response: unknown) => this.#use(status, given, response) }
        : {}),
      ...(inner.onPerformError
        ? {
            onPerformError: (status: WorkerStatus, given: Given, error: Error) =>
              this.#judged(given, inner.onPerformError?.(status, given.task, error)),
          }
        : {}),
      onMarshalError: (message: string, given: Given) => {
        given.marshalErrors++;
        inner.onMarshalError?.(message, given.task);
      },
      onTaskCancellationOrExpirationOrWorkerDeath: (given: Given | undefined, reason: EndReason) => {
        if (given === undefined) this.idleDeaths++;
        else given.told.push(reason.code);
        return inner.onTaskCancellationOrExpirationOrWorkerDeath?.(given?.task, reason);
      },
      nameOfTask: ({ name, number }: Given) => `${name} #${number}`,
    };
  }

  #requestOf(status: WorkerStatus, given: Given): ScriptedRequest | undefined {
    given.asked = status;
    if (!this.isOpen(given, status) || !accepts(this.inner, status, given.task)) {
      this.offences.push(`${nameOf(given)} was given to a worker that does not take it in its status ${show(status)}`);
    }
    if (given.settled > 0) this.offences.push(`${nameOf(given)} was given to a worker after it had settled`);
    const request = this.inner.requestOfTask(status, given.task);
    if (request === undefined) return undefined;
    return { order: given.number, request: given.isUnserialisable ? () => {} : request };
  }

  #use(status: WorkerStatus, given: Given, response: unknown): Verdict<Given> {
    if (given.verdict !== undefined) this.offences.push(`useResponse ran twice for ${nameOf(given)}`);
    if (given.settled > 0) this.offences.push(`useResponse ran for ${nameOf(given)} after it had settled`);
    this.#checkStatus('useResponse', given, status);
    return this.#judged(given, this.inner.useResponse?.(status, given.task, response) as Verdict) as Verdict<Given>;
  }

  /** Remembers a verdict, and makes tests' tasks of its follow-ups. */
  #judged(given: Given, verdict: Verdict | undefined): Verdict<Given> | undefined {
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

/** How a task has ended: `result`, `error` where its verdict has one, else the code of the pool's error; `undefined`: it has not. */
export function endOfGiven({ outcome, verdict }: Given): string | undefined {
  if (outcome === undefined) return undefined;
  if (outcome.status === 'done') return 'result';
  if (verdict?.error !== undefined && Object.is(verdict.error, outcome.error)) return 'error';
  return String((outcome.error as { code?: unknown }).code);
}

/** A task of a test in a few words. */
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
