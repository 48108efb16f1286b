import type { WorkerStatus } from '../../kinds/kind.ts';
import { FRESH } from '../state/seat.ts';
import { ChartError } from './chart-error.ts';
import { type ChartedKind, examplesOf, type Outcome, type Row, rowOf, type Settled, type Step } from './chart-row.ts';

/** The most statuses that a chart may have. */
const MOST_STATUSES = 64;
/** The number of competences of a class that are checked before the class is trusted. */
const WITNESSES = 64;

const DEAD = 'The worker never comes back.';
const ENDS = 'If it was ended on purpose, `end` of the kind runs before it is killed.';

/** The outcome of a transition of a chart. */
export interface ChartMeta {
  /** The outcome for the worker and its task. */
  readonly outcome: Outcome;
  /** The class of the task; absent if a free worker ends. */
  readonly task?: string;
  /** The classes of the follow-ups that enter the queue. */
  readonly injects: readonly string[];
  /** The end of the task's promise, if the promise ends. */
  readonly settled?: Settled;
}

/** A transition of a chart. */
export interface ChartTransition {
  /** The target state, such as `#proof.old.holding`. */
  readonly target: string;
  readonly description: string;
  readonly meta: ChartMeta;
}

/** A state of a chart. */
export interface ChartState {
  readonly type?: 'final';
  readonly initial?: string;
  readonly description: string;
  /** The classes of the tasks that a free worker refuses. */
  readonly meta?: { readonly refuses: readonly string[] };
  readonly on?: Readonly<Record<string, readonly ChartTransition[]>>;
  readonly states?: Readonly<Record<string, ChartState>>;
}

/** The statechart of a kind, as plain JSON that `createMachine` takes and Stately opens. */
export interface KindChart {
  readonly id: string;
  readonly description: string;
  readonly initial: 'fresh';
  readonly states: Readonly<Record<string, ChartState>>;
}

interface Known {
  readonly status: WorkerStatus;
  readonly row: Row;
  readonly print: readonly string[];
  count: number;
}

interface Draft {
  type?: 'final';
  initial?: string;
  description: string;
  meta?: { refuses: readonly string[] };
  on?: Record<string, ChartTransition[]>;
  states?: Record<string, Draft>;
}

/**
 * Makes the statechart of one kind's workers from its `taskMatch`, `requestOfTask`, `useResponse` and `onPerformError` over
 * its `examples`. The states are the statuses, and the classes of tasks that a busy worker performs. Every example response
 * and every fault is a transition, with its outcome and its follow-ups in `meta`.
 *
 * @throws {ChartError} if the examples are no finite abstraction: two competences of one class behave differently, there are
 * too many classes, or a hook throws
 *
 * @example
 * import { kindChart } from 'statepool/machines';
 * import { createMachine } from 'xstate';
 *
 * const chart = kindChart(kind);
 * console.log(JSON.stringify(chart, null, 2));
 * const machine = createMachine(chart as never);
 */
export function kindChart(kind: ChartedKind): KindChart {
  try {
    return chartOf(kind);
  } catch (error) {
    if (error instanceof ChartError) throw error;
    // The error comes not from a hook, but from a getter among the examples, for instance.
    const message = error instanceof Error ? error.message : typeof error;
    throw new ChartError(kind.name, `reading the kind threw ${message}`, error);
  }
}

function chartOf(kind: ChartedKind): KindChart {
  examplesOf(kind);
  const known = statusesOf(kind);
  const id = plain(kind.name);
  const states: Record<string, Draft> = {
    fresh: { description: 'The worker has performed no task.' },
    busy: { description: 'The worker performs a task.', states: {} },
    old: { description: 'The worker is free and has the competence of its last verdict.', states: {} },
    dead: { type: 'final', description: kind.end === undefined ? DEAD : `${DEAD} ${ENDS}` },
  };
  for (const [label, { row, status }] of known) {
    const here = draftOf(
      states,
      label,
      status.type === 'fresh' ? 'The worker has performed no task.' : 'The worker is free and has this competence.',
    );
    here.meta = { refuses: row.refuses };
    const ends = { target: `#${id}.dead`, description: '' };
    for (const step of row.steps) addStep(kind, states, id, label, step);
    const on = onOf(here);
    on.cancelWorker = [{ ...ends, description: 'cancelled', meta: { outcome: 'cancelled', injects: [] } }];
    on.die = [{ ...ends, description: 'died', meta: { outcome: 'died', injects: [] } }];
  }
  for (const group of ['busy', 'old'] as const) {
    const [first] = Object.keys(states[group]?.states ?? {});
    if (first === undefined) delete states[group];
    else (states[group] as Draft).initial = first;
  }
  return { id, description: `The life of a worker of the kind ${kind.name}.`, initial: 'fresh', states };
}

/** Returns the name of the state of a free worker. @throws {ChartError} if the competence has no class */
export function labelOf(kind: ChartedKind, status: WorkerStatus): string {
  if (status.type === 'fresh') return 'fresh';
  let found: unknown;
  try {
    found = kind.examples?.classOfCompetence(status.competence);
  } catch (error) {
    throw new ChartError(
      kind.name,
      `examples.classOfCompetence threw on ${show(status.competence)}: ${String(error)}`,
      error,
    );
  }
  if (typeof found === 'string' && found !== '') return `old.${plain(found)}`;
  throw new ChartError(
    kind.name,
    `examples.classOfCompetence returned ${String(found)} for ${show(status.competence)}: it must be a string`,
  );
}

/** Returns the name of the state of a worker that holds a task of that class, and took it in the state `label`. */
export function busyLabel(task: string, label: string): string {
  return `busy.${plain(task)} on ${label.replace('old.', '')}`;
}

/** Replaces the characters of a name that XState would read as a path. */
function plain(name: string): string {
  return name.replaceAll('.', '·').replaceAll('#', '＃');
}

function statusesOf(kind: ChartedKind): Map<string, Known> {
  const known = new Map<string, Known>();
  const seen = new Set<unknown>();
  const next: WorkerStatus[] = [FRESH];
  for (const status of next) {
    const identity = status.type === 'fresh' ? FRESH : identityOf(status.competence);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const label = labelOf(kind, status);
    const before = known.get(label);
    if (before !== undefined && before.count >= WITNESSES) continue;
    const row = rowOf(kind, status, label);
    const print = printOf(kind, row);
    if (before === undefined) {
      known.set(label, { status, row, print, count: 1 });
      if (known.size > MOST_STATUSES) throw new ChartError(kind.name, tooMany(known));
    } else {
      before.count++;
      if (before.print.join('\n') !== print.join('\n'))
        throw new ChartError(kind.name, differs(label, before, status, print));
    }
    for (const step of row.steps) if (step.next !== undefined && step.next !== status) next.push(step.next);
  }
  return known;
}

function tooMany(known: ReadonlyMap<string, Known>): string {
  const some = [...known.keys()].slice(1, 4).join(', ');
  return `its workers have more than ${MOST_STATUSES} statuses (${some}, ...): make classOfCompetence name fewer classes`;
}

function differs(label: string, before: Known, status: WorkerStatus, print: readonly string[]): string {
  const competences = [before.status, status].map((each) => show((each as { competence?: unknown }).competence));
  const found = print.find((line, i) => line !== before.print[i]) ?? before.print[print.length];
  const where = found === undefined ? '' : `, as in ${found}`;
  return `'${label}' is not one class: the competences ${competences.join(' and ')} behave differently${where}: make classOfCompetence tell them apart`;
}

/** Returns a row as text, one line for each step. Two competences of one class must give the same text. */
function printOf(kind: ChartedKind, { steps, refuses }: Row): string[] {
  return [
    ...steps.map(({ event, task, outcome, next, injects, settled }) => {
      const to = next === undefined ? 'dead' : labelOf(kind, next);
      const more = injects.length === 0 ? '' : ` + ${injects.join(', ')}`;
      return `${event} (${task}): ${outcome} ${to}${more}${settled === undefined ? '' : ` ${settled}`}`;
    }),
    `refuses ${refuses.join(', ') || 'nothing'}`,
  ];
}

function identityOf(competence: unknown): unknown {
  try {
    return JSON.stringify(competence) ?? competence;
  } catch {
    return competence;
  }
}

function show(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
  } catch {
    return String(value);
  }
}

function addStep(kind: ChartedKind, states: Record<string, Draft>, id: string, label: string, step: Step): void {
  const busy = busyLabel(step.task, label);
  const to = step.outcome === 'sent' ? busy : step.next === undefined ? 'dead' : labelOf(kind, step.next);
  if (step.outcome === 'sent')
    draftOf(states, busy, `The worker performs ${step.task}. It was ${label} when it took the task.`);
  const from = draftOf(states, step.isBusy ? busy : label, '');
  const { outcome, task, injects, settled } = step;
  const more = injects.length === 0 ? '' : ` + ${injects.join(', ')}`;
  const how = settled === undefined || settled === 'result' ? '' : ` (${settled})`;
  onOf(from)[step.event] = [
    {
      target: `#${id}.${to}`,
      description: `${outcome}${more}${how}`,
      meta: { outcome, task, injects, ...(settled === undefined ? {} : { settled }) },
    },
  ];
}

function onOf(draft: Draft): Record<string, ChartTransition[]> {
  draft.on ??= {};
  return draft.on;
}

function draftOf(states: Record<string, Draft>, label: string, description: string): Draft {
  const [group, ...rest] = label.split('.') as [string, ...string[]];
  const top = states[group] as Draft;
  if (rest.length === 0) return top;
  const name = rest.join('.');
  top.states ??= {};
  top.states[name] ??= { description };
  return top.states[name] as Draft;
}
