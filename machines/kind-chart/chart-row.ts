import type { EndReason, Kind, KindExamples, KindTypes, Verdict, WorkerStatus } from '../../kinds/kind.ts';
import { ChartError } from './chart-error.ts';

/** A kind whose types the chart does not look at. */
// biome-ignore lint/suspicious/noExplicitAny: a chart handles tasks and responses without looking into them.
export type ChartedKind = Kind<any>;

/** What becomes of a worker and its task at a step of a kind's chart. */
export type Outcome =
  /** The request is on its way. */
  | 'sent'
  /** `requestOfTask` gave `undefined`: the worker is as it was. */
  | 'expired'
  /** The request or the response cannot be cloned. */
  | 'unserialisable'
  | 'stay'
  | 'end'
  /** `perform` threw, and the kind leaves the worker as it was. */
  | 'keep'
  | 'cancelled'
  | 'died';

/** How a task's promise ends: with the verdict's result, with its error, or with an error of the pool's of that code. */
export type Settled =
  | 'result'
  | 'error'
  | 'PERFORM'
  | 'EXPIRED'
  | 'MARSHAL_REQUEST'
  | 'MARSHAL_RESPONSE'
  | 'CANCELLED'
  | 'WORKER_DIED'
  /** It does not: its kind wants another try, and it is back at the head of the queue. */
  | 'retried';

/** One thing that can happen to a worker in a status: on which task, where it leads, what it does. */
export interface Step {
  readonly event: string;
  /** The class of the task. */
  readonly task: string;
  /** Free: the worker has that task in its hands when it happens. */
  readonly isBusy: boolean;
  readonly outcome: Outcome;
  /** The status afterwards; `undefined`: it is dead. */
  readonly next: WorkerStatus | undefined;
  /** The classes of the follow-ups. */
  readonly injects: readonly string[];
  readonly settled: Settled | undefined;
}

/** Everything that can happen to a worker in one status. */
export interface Row {
  readonly steps: readonly Step[];
  /** The classes of the tasks that it does not take. */
  readonly refuses: readonly string[];
}

/** The examples of a kind. @throws {ChartError} where it has none, or they contradict themselves */
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

/** A fresh example task of a class. @throws {ChartError} where its maker throws */
function taskOf(kind: ChartedKind, name: string): unknown {
  return guarded(kind, `examples.tasks.${name}`, 'to make a task', () => kind.examples?.tasks[name]?.());
}

/** The class of a task. @throws {ChartError} where it has none */
function classOfTask(kind: ChartedKind, task: unknown): string {
  const found: unknown = guarded(kind, 'examples.classOfTask', 'on a task', () => kind.examples?.classOfTask(task));
  if (typeof found === 'string') return found;
  throw new ChartError(kind.name, `examples.classOfTask returned ${String(found)}: it must be a string`);
}

/** The examples that can answer a task of a class, by their names. */
export function answersTo(kind: ChartedKind, name: string): string[] {
  const { responses } = kind.examples as KindExamples<KindTypes>;
  return Object.keys(responses).filter((each) => responses[each]?.to === '*' || responses[each]?.to.includes(name));
}

/** May a worker of this status take the task, by `taskMatch` and by the affinity keys? */
export function accepts(kind: ChartedKind, status: WorkerStatus, task: unknown): boolean {
  const key = kind.affinity?.(task);
  if (status.type === 'old' && key !== undefined && key !== kind.affinityOfCompetence?.(status.competence))
    return false;
  return kind.taskMatch?.(status, task) ?? true;
}

/** The reason that a kind's hook is given where a worker is said to have died. */
export function deathReason(): EndReason {
  return Object.assign(new Error('the worker died'), { code: 'WORKER_DIED' }) as EndReason;
}

/** What happens to a worker in this status, on every example; they were checked by `examplesOf`. @throws {ChartError} where a hook throws */
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
    const request = guarded(kind, 'requestOfTask', where, () => kind.requestOfTask(status, taskOf(kind, name)));
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
