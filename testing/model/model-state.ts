import assert from 'node:assert';
import type { WorkerStatus } from '../../kinds/kind.ts';
import { type ChartedKind, deathReason, FIRST } from '../../machines/kind-chart/chart-row.ts';
import type { Entry } from '../../machines/queue/entry.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import type { Accept } from '../../machines/queue/queue.ts';
import { matchingOf } from '../../machines/state/matching.ts';
import { createPoolState, type PoolState, type Rules, type WorkerExit } from '../../machines/state/pool-state.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import { ListQueue } from './list-queue.ts';
import { type Body, type ModelTask, sentTo, show } from './model-task.ts';

/** The most retries of a task: the default of the pool. */
const RETRIES = 3;

/** The functions of a model that its pool's rules call. */
export interface ModelHooks extends Pick<Rules, 'requestOf' | 'reasonToStop' | 'onDeath' | 'begunOf' | 'recall'> {
  readonly isContended: () => boolean;
  readonly accept: Accept;
  readonly prefer: Accept;
}

/** The parts of a model that its pool's rules need. */
interface Modelled {
  readonly kind: ChartedKind;
  readonly pool: PoolState;
  readonly bodies: ReadonlyMap<string, Body>;
  readonly built: Map<Entry, WorkerStatus>;
  readonly mail: readonly SupervisorEvent[];
  readonly reasons: [number, string][];
  readonly settings: ModelSettings;
  readonly budget: ModelBudget | undefined;
  accepts(cursor: MatchCursor, entry: Entry): boolean;
}

/** Makes the functions of a model that its pool's rules call. Each looks at the model at the time of the call. */
export function hooksOf(model: Modelled): ModelHooks {
  const { kind } = model;
  const taskOf = (entry: Entry) => (entry.task as ModelTask).task;
  return {
    isContended: () => model.budget?.isContended === true,
    accept: (cursor, entry) => model.accepts(cursor, entry),
    prefer: ({ status, worker = FIRST }, entry) => kind.prefers?.(status, taskOf(entry), worker) ?? true,
    requestOf(cursor, entry, worker) {
      const holder = [...model.pool.seats.values()].find(({ held }) => held.includes(entry));
      assert.equal(holder, undefined, `${show(entry)} is taken out of the hands of ${holder?.id}`);
      assert.ok(model.accepts(cursor, entry), `${show(entry)} goes to a worker that does not take it`);
      model.built.set(entry, cursor.status);
      const request = kind.requestOfTask(cursor.status, taskOf(entry), worker);
      return request === undefined ? undefined : show(entry);
    },
    // A task whose signal is aborted is not begun, even before the supervisor hears of it.
    reasonToStop: (entry) =>
      model.mail.some((event) => event.type === 'cancelTask' && event.entry === entry)
        ? { reason: 'cancelled' }
        : undefined,
    begunOf({ id }) {
      const body = model.bodies.get(id) as Body;
      if (isConcurrent(model)) return sentTo(body);
      return model.settings.prefetch ? Number(body.hasBegun) : undefined;
    },
    recall({ id, hasStarted }, least) {
      if (model.settings.flush && !hasStarted) return least;
      return model.settings.prefetch ? Math.max(least, Number(model.bodies.get(id)?.hasBegun)) : undefined;
    },
    onDeath(entry) {
      const { task, number } = entry.task as ModelTask;
      if (entry.failed + 1 < (model.settings.attempts ?? 1)) {
        entry.failed++;
        return { isRetried: true, error: deathReason(), delay: 1 };
      }
      model.reasons.push([number, 'WORKER_DIED']);
      const reason = deathReason();
      const wish = kind.onTaskCancellationOrExpirationOrWorkerDeath?.(task, reason);
      return { isRetried: wish === 'retry' && entry.retries < RETRIES, error: reason };
    },
  };
}

/** The options of a model's pool. */
export interface ModelSettings {
  /** The patience, in ms; with Infinity no tick ever comes. @default Infinity */
  readonly patience?: number;
  /** The number of attempts at a task; each waits for the act `due`. @default 1 */
  readonly attempts?: number;
  /**
   * Sends a worker one more request, which it begins only after the verdict on the one before. The act `begin` tells
   * when it does. @default false
   */
  readonly prefetch?: boolean;
  /** The number of requests that a worker performs at a time. @default 1 */
  readonly concurrency?: number;
  /** Allows the act `flush`, which gives starting workers tasks; they may then also fail to start. @default false */
  readonly flush?: boolean;
  /**
   * The number of tokens of the budget. The act `grant` gives the pool one that it waits for; `contend` tells when
   * others wait too. @default no budget
   */
  readonly tokens?: number;
}

/** The source of a model's tokens. */
export interface ModelBudget {
  /** The tokens that nobody has. */
  left: number;
  /** The number of tokens that the pool waits for, and was not granted yet. */
  asked: number;
  /** Is true if others wait for tokens too. */
  isContended: boolean;
}

/** Makes the state of a model's pool. */
export function modelState(
  kind: ChartedKind,
  size: number,
  { patience = Number.POSITIVE_INFINITY, tokens, concurrency = 1 }: ModelSettings,
  { accept, prefer, isContended, ...rules }: ModelHooks,
): PoolState {
  return createPoolState({
    kind: kind.name,
    size,
    patience,
    isContended: tokens === undefined ? undefined : isContended,
    age: 1,
    faults: [],
    restart: { limit: 5, delay: 100, maxDelay: 5000 },
    queue: new ListQueue(accept, prefer),
    rules: {
      window: 1,
      concurrency,
      isIdempotent: false,
      keyOf: (competence) => kind.affinityOfCompetence?.(competence),
      matching: matchingOf(kind),
      ...rules,
    },
  });
}

/** Makes a worker begin the first request that it holds. @throws {AssertionError} if it was built for another status */
export function begin({ built }: Modelled, body: Body): void {
  const { seat } = body;
  body.hasBegun = true;
  assert.deepEqual(built.get(seat.held[0] as Entry), seat.status, `${seat.id} begins a request for another status`);
}

/** Returns the end of a worker's process: it was killed, or it exits by itself. */
export function exitOf(model: Pick<Modelled, 'settings'>, body: Body): WorkerExit {
  const { seat, process, hasBegun } = body;
  const begun = isConcurrent(model) ? sentTo(body) : Number(hasBegun);
  const isKnown = isConcurrent(model) || model.settings.prefetch;
  const started = isKnown ? { started: answeredBy(seat) + begun } : {};
  return { exitCode: null, signal: 'SIGKILL', reason: process === 'up' ? 'signal' : 'killed', ...started };
}

/** Makes a worker that is about to start. */
export function createBody(seat: Seat): Body {
  const isIdle = { hasBegun: false, mayBegin: false, isRunning: false, isClosing: false };
  return { seat, state: 'fresh', process: 'starting', inbox: [], ...isIdle };
}

/** Returns whether the workers of a model perform several requests at a time. */
export function isConcurrent({ settings: { concurrency = 1 } }: { readonly settings: ModelSettings }): boolean {
  return concurrency > 1;
}
