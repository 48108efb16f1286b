import type { EndReason, Kind, KindExamples, KindTypes, Verdict, WorkerPlace, WorkerStatus } from '../../kinds/kind.ts';
import { ChartError } from './chart-error.ts';

/** A kind of any types: the chart does not use them. */
// biome-ignore lint/suspicious/noExplicitAny: a chart handles tasks and responses without reading them.
export type ChartedKind = Kind<any>;

/** The outcome of a step of a kind's chart, for the worker and its task. */
export type Outcome =
  /** The request is on its way. */
  | 'sent'
  /** `requestOfTask` returned `undefined`: the worker is unchanged. */
  | 'expired'
  /** The request or the response cannot be cloned. */
  | 'unserialisable'
  | 'stay'
  | 'end'
  /** `perform` threw, and the kind leaves the worker unchanged. */
  | 'keep'
  | 'cancelled'
  | 'died';

/** The end of a task's promise: with the verdict's result, with its error, or with the pool's error of that code. */
export type Settled =
  | 'result'
  | 'error'
  | 'PERFORM'
  | 'EXPIRED'
  | 'MARSHAL_REQUEST'
  | 'MARSHAL_RESPONSE'
  | 'CANCELLED'
  | 'WORKER_DIED'
  /** The promise is still open: the kind wants another try, and the task is back at the head of the queue. */
  | 'retried';

/** A possible event of a worker in one status: the task, the outcome, the next status, the follow-ups. */
export interface Step {
  readonly event: string;
  /** The class of the task. */
  readonly task: string;
  /** Is true if the worker holds that task when the event happens; false if it is free. */
  readonly isBusy: boolean;
  readonly outcome: Outcome;
  /** The status after the event; `undefined`: the worker is dead. */
  readonly next: WorkerStatus | undefined;
  /** The classes of the follow-ups. */
  readonly injects: readonly string[];
  readonly settled: Settled | undefined;
}

/** The possible events of a worker in one status. */
export interface Row {
  readonly steps: readonly Step[];
  /** The classes of the tasks that the worker does not take. */
  readonly refuses: readonly string[];
}

/** Returns the examples of a kind. @throws {ChartError} if the kind has none, or if they contradict each other */
export function examplesOf(kind: ChartedKind): KindExamples<KindTypes> {
  const { examples } = kind;
  if (examples === undefined) {
    throw new ChartError(
      kind.name,
      'it has no examples: add examples: { tasks, responses, classOfTask, classOfCompetence }',
    );
  }
  for (const part of ['tasks', 'responses', 'classOfTask', 'classOfCompetence'] as const) {
    if (examples[part] === undefined) throw new ChartError(kind.name, `examples.${part} is missing`);
  }
  const names = Object.keys(examples.tasks);
  if (names.length === 0) throw new ChartError(kind.name, 'examples.tasks is empty: add one task for each class');
  for (const name of names) {
    const found = classOfTask(kind, taskOf(kind, name));
    if (found === name) continue;
    throw new ChartError(
      kind.name,
      `the example task '${name}' is of the class '${found}': classOfTask must give its own name`,
    );
  }
  for (const [name, { to }] of Object.entries(examples.responses)) {
    const stray = to === '*' ? undefined : to.find((each) => !names.includes(each));
    if (stray === undefined) continue;
    throw new ChartError(
      kind.name,
      `the example response '${name}' is to '${stray}', which is not one of the tasks ${names.join(', ')}`,
    );
  }
  return examples;
}

/** Makes an example task of a class. @throws {ChartError} if the function that makes it throws */
function taskOf(kind: ChartedKind, name: string): unknown {
  return guarded(kind, `examples.tasks.${name}`, 'to make a task', () => kind.examples?.tasks[name]?.());
}

/** Returns the class of a task. @throws {ChartError} if the task has none */
function classOfTask(kind: ChartedKind, task: unknown): string {
  const found: unknown = guarded(kind, 'examples.classOfTask', 'on a task', () => kind.examples?.classOfTask(task));
  if (typeof found === 'string') return found;
  throw new ChartError(kind.name, `examples.classOfTask returned ${String(found)}: it must be a string`);
}

/** Returns the names of the example responses that can answer a task of a class. */
export function answersTo(kind: ChartedKind, name: string): string[] {
  const { responses } = kind.examples as KindExamples<KindTypes>;
  return Object.keys(responses).filter((each) => responses[each]?.to === '*' || responses[each]?.to.includes(name));
}

/** The worker of a chart: it has no pool, and stands in the first slot. */
export const FIRST: WorkerPlace = { id: 'worker', slot: 0, tasks: 0 };

/** Returns whether a worker of this status may take the task, by `taskMatch` and by the affinity keys. */
export function accepts(kind: ChartedKind, status: WorkerStatus, task: unknown, worker: WorkerPlace = FIRST): boolean {
  const key = kind.affinityMode === 'prefer' ? undefined : kind.affinity?.(task);
  if (status.type === 'old' && key !== undefined && key !== kind.affinityOfCompetence?.(status.competence))
    return false;
  return kind.taskMatch?.(status, task, worker) ?? true;
}

/** Makes the reason that a kind's hook gets for the supposed death of a worker. */
export function deathReason(): EndReason {
  return Object.assign(new Error('the worker died'), { code: 'WORKER_DIED' }) as EndReason;
}

/**
 * Makes the row of a status over all examples, which `examplesOf` has checked.
 * @throws {ChartError} if a hook throws
 */
export function rowOf(kind: ChartedKind, status: WorkerStatus, label: string): Row {
  const { tasks } = kind.examples as KindExamples<KindTypes>;
  const refuses: string[] = [];
  const steps: Step[] = [];
  for (const name of Object.keys(tasks)) {
    const task = taskOf(kind, name);
    const where = `on ${name} in ${label}`;
    if (!guarded(kind, 'taskMatch', where, () => accepts(kind, status, task))) {
      refuses.push(name);
      continue;
    }
    const idle = { task: name, isBusy: false, next: status, injects: [] } as const;
    const request = guarded(kind, 'requestOfTask', where, () => kind.requestOfTask(status, taskOf(kind, name), FIRST));
    if (request === undefined) {
      steps.push({ ...idle, event: `give ${name}`, outcome: 'expired', settled: 'EXPIRED' });
      continue;
    }
    steps.push({ ...idle, event: `give ${name}`, outcome: 'sent', settled: undefined });
    steps.push({ ...idle, event: `unserialisable ${name}`, outcome: 'unserialisable', settled: 'MARSHAL_REQUEST' });
    steps.push(...answers(kind, status, name, where), ...faults(kind, status, name, where));
  }
  return { steps, refuses };
}

function answers(kind: ChartedKind, status: WorkerStatus, name: string, where: string): Step[] {
  return answersTo(kind, name).map((response) => {
    const task = taskOf(kind, name);
    const made = guarded(kind, `examples.responses.${response}`, where, () =>
      kind.examples?.responses[response]?.make(task),
    );
    const verdict = guarded(kind, 'useResponse', `${where} with ${response}`, () =>
      kind.useResponse === undefined
        ? ({ type: 'stay', competence: undefined, result: made } as const)
        : kind.useResponse(status, task, made),
    );
    const settled = verdict?.error === undefined ? 'result' : 'error';
    return stepOf(kind, 'useResponse', verdict, { event: `answer ${response}`, task: name, settled });
  });
}

function faults(kind: ChartedKind, status: WorkerStatus, name: string, where: string): Step[] {
  const busy = { task: name, isBusy: true, next: undefined, injects: [] } as const;
  const task = taskOf(kind, name);
  const hook = 'onTaskCancellationOrExpirationOrWorkerDeath';
  const wish = guarded(kind, hook, where, () => kind[hook]?.(task, deathReason()));
  return [
    thrown(kind, status, name, where),
    { ...busy, event: 'unserialisable', outcome: 'unserialisable', settled: 'MARSHAL_RESPONSE' },
    { ...busy, event: 'cancel', outcome: 'cancelled', settled: 'CANCELLED' },
    { ...busy, event: 'cancelWorker', outcome: 'cancelled', settled: 'CANCELLED' },
    { ...busy, event: 'die', outcome: 'died', settled: wish === 'retry' ? 'retried' : 'WORKER_DIED' },
  ];
}

function thrown(kind: ChartedKind, status: WorkerStatus, name: string, where: string): Step {
  const task = taskOf(kind, name);
  const verdict = guarded(kind, 'onPerformError', where, () =>
    kind.onPerformError?.(status, task, new Error('thrown')),
  );
  const base = { event: 'throw', task: name } as const;
  if (verdict === undefined)
    return { ...base, isBusy: true, outcome: 'keep', next: status, injects: [], settled: 'PERFORM' };
  const settled = verdict.error !== undefined ? 'error' : 'result' in verdict ? 'result' : 'PERFORM';
  return stepOf(kind, 'onPerformError', verdict, { ...base, settled });
}

function stepOf(
  kind: ChartedKind,
  hook: string,
  verdict: Verdict | undefined,
  base: Pick<Step, 'event' | 'task' | 'settled'>,
): Step {
  const type: unknown = verdict?.type;
  if (verdict === undefined || (type !== 'stay' && type !== 'end')) {
    const got = type === undefined ? String(verdict) : `the type ${String(type)}`;
    throw new ChartError(
      kind.name,
      `${hook} returned ${got} for ${base.event} on ${base.task}: it must be a stay or an end`,
    );
  }
  const injects = (verdict.tasks ?? []).map((task) => classOfTask(kind, task));
  const stray = injects.find((each) => !Object.hasOwn(kind.examples?.tasks ?? {}, each));
  if (stray !== undefined) {
    throw new ChartError(
      kind.name,
      `${hook} makes a task of the class '${stray}', which has no example: add it to examples.tasks`,
    );
  }
  const next = verdict.type === 'stay' ? ({ type: 'old', competence: verdict.competence } as const) : undefined;
  return { ...base, isBusy: true, outcome: verdict.type, next, injects };
}

function guarded<R>(kind: ChartedKind, hook: string, where: string, call: () => R): R {
  try {
    return call();
  } catch (error) {
    if (error instanceof ChartError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ChartError(kind.name, `${hook} threw ${where}: ${message}`, error);
  }
}
