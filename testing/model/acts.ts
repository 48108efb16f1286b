import { answersTo } from '../../machines/kind-chart/chart-row.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import { hasOwnWith } from '../../machines/rules/take.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import { grant } from './budget.ts';
import { canonOf } from './canon.ts';
import type { ModelPool } from './model-pool.ts';
import { begin, isConcurrent, type ModelSettings } from './model-state.ts';
import { type Body, type ModelTask, sentTo } from './model-task.ts';

/**
 * An event that callers, workers or the operating system can cause in a pool. Names workers and tasks by their place in
 * the key.
 */
export type Act =
  | { readonly type: 'enqueue'; readonly name: string }
  /** `at`: the place of the request among those that the worker performs, if it is not the oldest. */
  | { readonly type: 'answer'; readonly worker: number; readonly what: string; readonly at?: number }
  | { readonly type: 'die' | 'cancelWorker' | 'begin'; readonly worker: number }
  | { readonly type: 'cancelHeld' | 'cancelPrefetched'; readonly worker: number; readonly at?: number }
  | { readonly type: 'cancelQueued' | 'cancelDelayed' | 'due'; readonly index: number }
  | {
      readonly type:
        | 'cancelAll'
        | 'pause'
        | 'resume'
        | 'close'
        | 'destroy'
        | 'impatient'
        | 'flush'
        | 'check'
        | 'grant'
        | 'contend';
    };

/** The bounds of an explored model. */
export interface Bounds extends ModelSettings {
  /** The most tasks in the pool at a time, follow-ups included. */
  readonly tasks: number;
  /** Includes `close` and `destroy`. @default false */
  readonly ends?: boolean;
  /** The types of acts to leave out. @default none */
  readonly without?: readonly Act['type'][];
}

/** Returns an act in words, as paths and tables name it. */
export function nameOfAct(act: Act): string {
  switch (act.type) {
    case 'enqueue':
      return `enqueue ${act.name}`;
    case 'answer':
      return `${act.worker} ${act.what === 'throw' ? 'throws' : `answers ${act.what}`}${placeOf(act)}`;
    case 'die':
      return `${act.worker} dies`;
    case 'cancelWorker':
      return `cancelWorker ${act.worker}`;
    case 'begin':
      return `${act.worker} begins`;
    case 'cancelHeld':
      return `cancel the task of ${act.worker}${placeOf(act)}`;
    case 'cancelPrefetched':
      return `cancel the next task of ${act.worker}`;
    case 'cancelQueued':
      return `cancel queued ${act.index}`;
    case 'cancelDelayed':
      return `cancel delayed ${act.index}`;
    case 'due':
      return `delayed ${act.index} is due`;
    default:
      return act.type;
  }
}

/** Names a request that is not the oldest of its worker. */
function placeOf({ at = 0 }: { readonly at?: number }): string {
  return at === 0 ? '' : ` at ${at}`;
}

/** Lists the possible acts on a pool that is at rest. */
export function actsOn(model: ModelPool, { tasks, ends = false, without = [] }: Bounds): Act[] {
  const { pool, kind } = model;
  if (pool.phase === 'destroying') return ends && isEnding(model) ? [{ type: 'destroy' }] : [];
  const { bodies } = canonOf(model);
  const acts: Act[] = [];
  const held = bodies.reduce((sum, { seat }) => sum + seat.held.length, 0);
  if (pool.phase === 'open' && pool.queue.length + pool.delayed.size + held < tasks) {
    for (const name of Object.keys(kind.examples?.tasks ?? {})) acts.push({ type: 'enqueue', name });
  }
  for (const [worker, body] of bodies.entries()) acts.push(...actsOfWorker(model, worker, body));
  for (let index = 0; index < pool.queue.length; index++) acts.push({ type: 'cancelQueued', index });
  for (let index = 0; index < pool.delayed.size; index++) {
    acts.push({ type: 'cancelDelayed', index });
    if (!model.mail.some(({ type }) => type === 'due')) acts.push({ type: 'due', index });
  }
  acts.push({ type: 'cancelAll' });
  const isStarting = [...pool.seats.values()].some(({ phase }) => phase === 'starting');
  const isFlushed = model.mail.some(({ type }) => type === 'flush');
  if (model.settings.flush && isStarting && !isFlushed && pool.queue.length > 0) acts.push({ type: 'flush' });
  if (pool.check > 0 && !model.mail.some(({ type }) => type === 'check')) acts.push({ type: 'check' });
  const isTicking = model.mail.some(({ type }) => type === 'impatient');
  if (pool.scheduling.isWatched && !isTicking) acts.push({ type: 'impatient' });
  if (model.budget !== undefined) {
    if (model.budget.asked > 0 && model.budget.left > 0) acts.push({ type: 'grant' });
    acts.push({ type: 'contend' });
  }
  if (pool.phase === 'open') acts.push({ type: pool.holds === 0 ? 'pause' : 'resume' });
  if (ends) acts.push({ type: 'destroy' });
  if (ends && pool.phase === 'open') acts.push({ type: 'close' });
  return acts.filter(({ type }) => !without.includes(type));
}

/** Returns whether a worker runs the kind's `end`: a pool that is closed can still be destroyed then. */
function isEnding({ bodies }: ModelPool): boolean {
  return [...bodies.values()].some(({ process }) => process === 'ending');
}

function actsOfWorker(model: ModelPool, worker: number, { seat, state, process, ...body }: Body): Act[] {
  if (process === 'starting' && model.settings.flush) {
    return [{ type: 'die', worker }, ...(seat.held.length > 0 ? [{ type: 'cancelHeld', worker } as const] : [])];
  }
  if (process !== 'up') return [];
  const acts: Act[] = [{ type: 'die', worker }];
  const [entry] = seat.held;
  if (state === 'dead') return acts;
  acts.push({ type: 'cancelWorker', worker });
  if (state !== 'busy' || entry === undefined) return acts;
  if (isConcurrent(model)) return [...acts, ...actsOnRequests(model, worker)];
  if (seat.held.length > 1) acts.push({ type: 'cancelPrefetched', worker });
  if (entry.place === 'settled') return acts;
  if (model.settings.prefetch && !body.hasBegun) {
    if (body.mayBegin) acts.push({ type: 'begin', worker });
    return [...acts, { type: 'cancelHeld', worker }];
  }
  for (const what of endsOf(model, entry)) acts.push({ type: 'answer', worker, what });
  acts.push({ type: 'cancelHeld', worker });
  return acts;
}

/** Lists the acts on each of the requests that a worker performs. */
function actsOnRequests(model: ModelPool, worker: number): Act[] {
  const body = canonOf(model).bodies[worker] as Body;
  return body.seat.held.slice(0, sentTo(body)).flatMap((entry, at): Act[] => {
    if (entry.place === 'settled') return [];
    const answers = endsOf(model, entry).map((what): Act => ({ type: 'answer', worker, what, at }));
    return [...answers, { type: 'cancelHeld', worker, at }];
  });
}

function endsOf({ kind }: ModelPool, entry: Entry): string[] {
  return [...answersTo(kind, (entry.task as ModelTask).name), 'throw', 'unserialisable'];
}

/** Returns the worker or the task that an act is about. */
export function subjectOf(model: ModelPool, act: Act): { body?: Body; entry?: Entry } {
  if ('worker' in act) {
    const body = canonOf(model).bodies[act.worker] as Body;
    const entry = body.seat.held[act.type === 'cancelPrefetched' ? 1 : 'at' in act ? (act.at ?? 0) : 0];
    return { body, ...(entry === undefined ? {} : { entry }) };
  }
  if (!('index' in act)) return {};
  const { queue, delayed } = model.pool;
  return { entry: [...(act.type === 'cancelQueued' ? queue : delayed)][act.index] as Entry };
}

/** Does an act on the model, without delivering the messages that follow from it. */
export function perform(model: ModelPool, act: Act): void {
  const { body, entry } = subjectOf(model, act);
  switch (act.type) {
    case 'enqueue':
      return model.enqueue(act.name);
    case 'answer':
      return model.answer(body as Body, act.what, act.at);
    case 'die':
      return model.exit(body as Body);
    case 'cancelWorker':
      return void model.mail.push({ type: 'cancelWorker', worker: (body as Body).seat.id });
    case 'begin':
      return begin(model, body as Body);
    case 'cancelHeld':
    case 'cancelPrefetched':
    case 'cancelQueued':
    case 'cancelDelayed':
      // The task shares its signal with its maker and its follow-ups.
      for (const each of relativesOf(model, entry as Entry)) {
        model.mail.push({ type: 'cancelTask', entry: each, grace: false });
      }
      return;
    case 'due':
      return void model.mail.push({ type: 'due', entry: entry as Entry });
    case 'impatient':
      return void model.mail.push({ type: 'impatient', timer: model.pool.scheduling.timer });
    case 'grant':
      return grant(model);
    case 'contend':
      // Others begin to wait for tokens, or stop.
      if (model.budget !== undefined) model.budget.isContended = !model.budget.isContended;
      return;
    case 'close':
      return void model.mail.push({ type: 'close', tasks: 'finish' });
    default:
      model.mail.push({ type: act.type });
  }
}

/** Delivers messages until nothing is under way. */
export function settle(model: ModelPool): void {
  for (let i = 0; i < 1000; i++) {
    const bodies = [...model.bodies.values()];
    const addressed = bodies.find(({ inbox }) => inbox.length > 0);
    if (addressed !== undefined && !(model.mail.length > 0 && isLate(model, addressed))) model.deliver(addressed);
    else if (model.mail.length > 0) model.deliverMail(nextMail(model));
    else {
      const body = bodies.find(({ process }) => process !== 'up' && process !== 'gone');
      const [slot] = model.pool.waiting;
      if (body === undefined && slot === undefined) return;
      if (body === undefined) model.mail.push({ type: 'respawn', slot: slot as number });
      else if (body.process === 'starting') model.start(body);
      else model.exit(body);
    }
  }
  throw new Error('the pool never comes to rest');
}

/** Takes the next message to the supervisor. As in the pool, it hears of new tasks last: a microtask later. */
function nextMail({ mail }: ModelPool): SupervisorEvent | undefined {
  const index = mail.findIndex(({ type }) => type !== 'enqueue');
  return mail.splice(Math.max(index, 0), 1)[0];
}

/**
 * Returns whether a verdict comes after the messages to the supervisor: only tasks wait for which its worker would have
 * to load something.
 */
function isLate({ pool }: ModelPool, { seat, inbox: [event] }: Body): boolean {
  if (event?.type !== 'stay' || !pool.rules.matching.isPicky || seat.held.length > 0) return false;
  return pool.queue.length > 0 && !hasOwnWith(pool, seat, event.competence);
}

/**
 * The unsettled tasks that share a cancel signal with a task, the task included, in the order in which they entered.
 */
function relativesOf(model: ModelPool, entry: Entry): Entry[] {
  const { root } = entry.task as ModelTask;
  return model.entries.filter((each) => each.place !== 'settled' && (each.task as ModelTask).root === root);
}
