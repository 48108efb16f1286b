import { labelOf } from '../../machines/kind-chart/kind-chart.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import { isAged, isDue } from '../../machines/rules/patience.ts';
import { progressOf } from '../../machines/rules/take.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';
import type { ModelPool } from './model-pool.ts';
import type { ModelBudget } from './model-state.ts';
import type { Body, ModelTask } from './model-task.ts';

/** A model's state by position: the ids of workers and the numbers of tasks make no difference. */
export interface Canon {
  /** Equal for two states if and only if the same future is possible from both. */
  readonly key: string;
  /** The workers in the order of the key. */
  readonly bodies: readonly Body[];
}

/** Returns the state of a model by position. */
export function canonOf(model: ModelPool): Canon {
  const { pool } = model;
  const queued = [...pool.queue];
  const described = [...model.bodies.values()].map((body) => ({ body, text: describe(model, body, queued) }));
  described.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const bodies = described.map(({ body }) => body);
  const indexOf = (id: string | undefined) => bodies.findIndex(({ seat }) => seat.id === id);
  const queue = queued.map(
    (entry) =>
      `${show(entry)}${entry.origin === undefined ? '' : ` of ${indexOf(entry.origin)}`}${isAged(pool, entry) ? ' aged' : ''}`,
  );
  const { phase, holds, isStalled, isIdle, waiting } = pool;
  const flags = [
    phase === 'open' ? '' : phase,
    holds > 0 ? 'paused' : '',
    isStalled ? 'stalled' : '',
    isIdle ? 'idle' : '',
    waiting.size > 0 ? `${waiting.size} waiting` : '',
    pool.scheduling.isWatched ? 'watched' : '',
    pool.check > 0 ? 'checked' : '',
    model.budget === undefined ? '' : budgetOf(model.budget),
  ];
  const places = new Map<Entry, string>(queued.map((entry, i) => [entry, `queued ${i}`]));
  for (const [i, { seat }] of bodies.entries()) for (const entry of seat.held) places.set(entry, `held ${i}`);
  const mail = model.mail.map((event) => showMail(event, indexOf, places));
  for (const [i, entry] of [...pool.delayed].entries()) places.set(entry, `delayed ${i}`);
  const signals = sharedSignals(places);
  const parts = [
    described.map(({ text }) => text).join(' | '),
    queue.length === 0 ? '' : `queue: ${queue.join(', ')}`,
    pool.delayed.size === 0 ? '' : `delayed: ${[...pool.delayed].map(show).join(', ')}`,
    flags.filter(Boolean).join(', '),
    mail.length === 0 ? '' : `mail: ${mail.join(', ')}`,
    signals.length === 0 ? '' : `cancelled together: ${signals.join(', ')}`,
  ];
  return { key: parts.filter(Boolean).join('; '), bodies };
}

/** Describes a worker: its competence, its activity and its undelivered messages. */
function describe(model: ModelPool, body: Body, queued: readonly Entry[]): string {
  const { seat, state, process, inbox, hasBegun, mayBegin } = body;
  const { kind, pool } = model;
  const label = labelOf(kind, seat.status);
  const turn = pool.free.indexOf(seat);
  const makes = queued.flatMap((entry, i) => (entry.origin === seat.id ? [i] : []));
  const isPlain = process === 'up' && state === label.split('.')[0] && seat.phase === 'free';
  return [
    isPlain
      ? label
      : `${state} ${label}${process === 'up' ? '' : ` ${process}`}${isMatching(seat.phase, state) ? '' : ` ${seat.phase}`}`,
    seat.held.length === 0 ? '' : `holds ${seat.held.map(show).join(', ')}`,
    turn < 0 || pool.free.length === 1 ? '' : `free ${turn}`,
    makes.length === 0 ? '' : `made ${makes.join(', ')}`,
    model.settings.prefetch ? prefetchOf(seat, progressOf(pool, seat), hasBegun, mayBegin) : '',
    inbox.length === 0 ? '' : `gets ${inbox.map(showEvent).join(', ')}`,
    body.isClosing ? 'closing' : seat.isJudged ? 'judged' : '',
    seat.isExpected ? 'expected' : '',
    seat.hasStarted || process === 'starting' ? '' : 'unstarted',
    seat.key === undefined ? '' : `key ${seat.key}`,
    seat.isRetired ? 'retired' : '',
    seat.hasToken ? 'with a token' : '',
    model.budget !== undefined && body.isRunning && process !== 'up' ? 'running' : '',
    pool.scheduling.ticks === 0 ? '' : patienceWith(model, seat),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Describes what a worker may begin, and whether it may prefetch. */
function prefetchOf(seat: Seat, progress: number, hasBegun: boolean, mayBegin: boolean): string {
  const isSilent = seat.held.length > 1 && seat.checked === progress;
  return [hasBegun ? 'begun' : mayBegin ? 'allowed' : '', seat.window > 1 ? 'quick' : '', isSilent ? 'silent' : '']
    .filter(Boolean)
    .join(' ');
}

/** Describes the part of a worker in the wait of others: is it late, and may an aged task take it from its own ones? */
function patienceWith({ pool }: ModelPool, seat: Seat): string {
  const { age, ticks } = pool.scheduling;
  const still = seat.phase === 'busy' && seat.answered === answeredBy(seat) ? Math.min(seat.still, age) : 0;
  const isOld = seat.status.type === 'old';
  return [
    seat.phase === 'busy' && seat.answered === answeredBy(seat) ? `still ${still}` : '',
    isOld && isDue(pool, seat) ? 'due' : '',
    isOld && isDue(pool, seat) && seat.asked === ticks ? 'asked' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** Describes the tokens at their source, and what the pool waits for. */
function budgetOf({ left, asked, isContended }: ModelBudget): string {
  return [`${left} tokens left`, asked > 0 ? `${asked} asked for` : '', isContended ? 'contended' : '']
    .filter(Boolean)
    .join(', ');
}

function isMatching(phase: string, state: string): boolean {
  return phase === 'busy' ? state === 'busy' : phase === 'free' && state !== 'busy' && state !== 'dead';
}

function show(entry: Entry): string {
  const { name } = entry.task as ModelTask;
  const again = entry.retries === 0 ? '' : ` again ${entry.retries}`;
  const failed = entry.failed === 0 ? '' : ` failed ${entry.failed}`;
  return `${name}${again}${failed}${entry.place === 'settled' ? ' settled' : ''}`;
}

function showEvent(event: WorkerEvent): string {
  if (event.type === 'dispatch' && event.requests.length > 1) return `dispatch ${event.requests.length}`;
  return event.type === 'stay' ? `stay ${JSON.stringify(event.competence)}` : event.type;
}

function showMail(event: SupervisorEvent, indexOf: (id: string) => number, places: ReadonlyMap<Entry, string>): string {
  if ('worker' in event) return `${event.type} ${indexOf(event.worker)}`;
  return 'entry' in event ? `${event.type} ${places.get(event.entry) ?? 'settled'}` : event.type;
}

/** The places of the tasks that share a cancel signal, for signals with more than one task left. */
function sharedSignals(places: ReadonlyMap<Entry, string>): string[] {
  const groups = new Map<number, string[]>();
  for (const [entry, place] of places) {
    if (entry.place === 'settled') continue;
    const { root } = entry.task as ModelTask;
    groups.set(root, [...(groups.get(root) ?? []), place]);
  }
  return [...groups.values()].filter((group) => group.length > 1).map((group) => group.sort().join(' and '));
}
