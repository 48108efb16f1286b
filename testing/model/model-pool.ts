import assert from 'node:assert';
import { type AnyMachineSnapshot, transition } from 'xstate';
import type { WorkerStatus } from '../../kinds/kind.ts';
import { workerMachine } from '../../machines/index.ts';
import { accepts, type ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { createEntry, type Entry, move } from '../../machines/queue/entry.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import { decide } from '../../machines/rules/decide.ts';
import { needsWatch } from '../../machines/rules/patience.ts';
import { hasRoomBeside } from '../../machines/rules/progress.ts';
import { delay, learn, recall, take } from '../../machines/rules/take.ts';
import type { Effect } from '../../machines/state/effects.ts';
import type { PoolState } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';
import { changeBudget, checkBudget, createBudget } from './budget.ts';
import { copyModel } from './copy-pool.ts';
import { checkEnds, checkNewRooms, checkSize, checkWorld } from './invariants.ts';
import {
  createBody,
  exitOf,
  hooksOf,
  isConcurrent,
  type ModelBudget,
  type ModelSettings,
  modelState,
} from './model-state.ts';
import type { Body, ModelEnd, ModelTask } from './model-task.ts';
import * as tasks from './model-task.ts';

// The machine that runs in every pool. The model does its actions itself.
const machine = workerMachine.provide({ actions: { reportFree: () => {}, reportEnded: () => {} } });

/**
 * A pool without a world: the rules of the supervisor and the machine of the workers. The model acts as callers,
 * processes and messages. A copy of the model allows every possible next step to be tried.
 */
export class ModelPool {
  readonly kind: ChartedKind;
  readonly settings: ModelSettings;
  readonly pool: PoolState;
  readonly bodies: Map<string, Body>;
  readonly mail: SupervisorEvent[];
  readonly entries: Entry[];
  readonly settled: Map<Entry, number>;
  /** The status that each request was built for. */
  readonly built: Map<Entry, WorkerStatus>;
  /** The source of the pool's tokens; only with the setting `tokens`. */
  readonly budget: ModelBudget | undefined;
  rooms = 0;
  readonly most: number;
  /** The end of each task, by its number. */
  readonly ends: Map<number, ModelEnd>;
  /** The reasons that the kind's hook got, each with the number of the task; -1 for a worker that held no task. */
  readonly reasons: [number, string][];
  /** The outputs since the last call of `takeOutputs`. */
  #outputs: string[] = [];

  constructor(kind: ChartedKind, size: number, settings: ModelSettings = {}, from?: ModelPool) {
    this.kind = kind;
    this.settings = settings;
    this.most = settings.prefetch ? 2 : (settings.concurrency ?? 1);
    this.budget = createBudget(settings, from?.budget);
    if (from === undefined) {
      this.pool = modelState(kind, size, settings, hooksOf(this));
      [this.bodies, this.mail, this.entries] = [new Map(), [], []];
      [this.settled, this.built, this.ends, this.reasons] = [new Map(), new Map(), new Map(), []];
      return;
    }
    const copy = copyModel(from, hooksOf(this));
    [this.pool, this.bodies, this.mail, this.entries] = [copy.pool, copy.bodies, copy.mail, copy.entries];
    [this.settled, this.built] = [copy.settled, copy.built];
    this.rooms = from.rooms;
    this.ends = new Map(from.ends);
    this.reasons = [...from.reasons];
  }

  /** Returns a copy in the same state. */
  copy(): ModelPool {
    return new ModelPool(this.kind, this.pool.size, this.settings, this);
  }

  /** Returns the outputs since the last call: ends of tasks, and emitted events. */
  takeOutputs(): string[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** Returns whether this status may take this task. */
  accepts({ status, worker }: MatchCursor, entry: Entry): boolean {
    return accepts(this.kind, status, (entry.task as ModelTask).task, worker);
  }

  /** Submits a task, as a caller does. */
  enqueue(name: string): void {
    this.#admit(name, this.kind.examples?.tasks[name]?.(), undefined, this.entries.length);
  }

  /** Delivers the next message to the supervisor. */
  deliverMail(event = this.mail.shift()): void {
    if (event === undefined || (this.pool.phase === 'destroying' && this.pool.seats.size === 0)) return;
    const effects = decide(this.pool, event);
    checkNewRooms(this);
    this.#carryOut(effects);
    if (this.mail.length > 0) return;
    checkWorld(this);
    checkEnds(this.bodies.values());
    checkBudget(this);
  }

  /** Delivers the next message to a worker's machine. A dead machine takes none. */
  deliver(body: Body): void {
    const event = body.inbox.shift();
    if (event === undefined || body.state === 'dead') return;
    const isMore = event.type === 'dispatch' && body.state === 'busy' && event.requests.length > 0;
    assert.ok(!isMore || isConcurrent(this), `${body.seat.id} is busy, and is given more`);
    if (event.type !== 'dispatch' && !body.isClosing) body.seat.isJudged = false;
    const context = { rt: { pool: this.pool, seat: body.seat } };
    const snapshot = machine.resolveState({ value: body.state, context });
    const [next, actions] = transition(machine, snapshot, event);
    body.state = (next as AnyMachineSnapshot).value as Body['state'];
    for (const { type } of actions) this.#act(body, type, event);
  }

  /** Marks the process as started; it sends its hello. */
  start(body: Body): void {
    [body.process, body.seat.hasStarted] = ['up', true];
    body.inbox.push({ type: 'ready' });
  }

  /** Ends a process that was killed, or that exits by itself. */
  exit(body: Body): void {
    const exit = exitOf(this, body);
    body.process = 'gone';
    body.isRunning = false;
    body.inbox.push({ type: 'exit', exit });
    this.mail.push({ type: 'exited', worker: body.seat.id, exit });
  }

  /** Makes a worker answer a request with an example, throw, or fail to send its response. */
  answer(body: Body, what: string, index = 0): void {
    const { seat } = body;
    const [entry] = seat.held.splice(index, 1) as [Entry];
    [body.hasBegun, body.mayBegin, body.isRunning] = [false, false, isConcurrent(this) && tasks.sentTo(body) > 0];
    if (this.settings.prefetch) seat.window = 2;
    if (entry.place === 'settled') return this.#deliverVerdict(body, { type: 'keep' });
    const { task, root } = entry.task as ModelTask;
    if (what === 'unserialisable') {
      this.#end(entry, 'MARSHAL_RESPONSE');
      return this.#deliverVerdict(body, { type: 'end' });
    }
    const verdict = tasks.verdictOf(this.kind, tasks.statusAfter(body), task, what);
    for (const followUp of verdict?.tasks ?? []) {
      this.#admit(this.kind.examples?.classOfTask(followUp) ?? '', followUp, seat.id, root);
    }
    if (verdict === undefined) this.#failAttempt(entry);
    else this.#end(entry, verdict.error === undefined ? 'result' : 'error');
    this.#deliverVerdict(body, verdict ?? { type: 'keep' });
  }

  #deliverVerdict(body: Body, verdict: WorkerEvent): void {
    if (verdict.type === 'end') this.#takeBack(body.seat);
    if (isConcurrent(this)) body.isClosing = tasks.addVerdict(body, verdict);
    else body.inbox.push(verdict);
  }

  /** Ends an attempt at a task that threw: it waits for the next one, if it has one. */
  #failAttempt(entry: Entry): void {
    if (entry.failed + 1 >= (this.settings.attempts ?? 1)) return this.#end(entry, 'PERFORM');
    entry.failed++;
    const effects: Effect[] = [];
    delay(this.pool, entry, 1, effects);
    this.#carryOut(effects);
  }

  #admit(name: string, task: unknown, origin: string | undefined, root: number): void {
    const entry = createEntry({ number: this.entries.length, name, task, root } satisfies ModelTask, {
      key: this.kind.affinity?.(task),
      origin,
    });
    this.entries.push(entry);
    this.pool.queue.push(entry);
    if (origin !== undefined) this.pool.followUps.add(entry);
    else this.pool.isIdle = false;
    // As in the pool: busy workers take from the queue by themselves.
    const { pool } = this;
    if (!(pool.busy > 0 && pool.free.length === 0) || needsWatch(pool) || hasRoomBeside(pool)) this.#announce();
  }

  #announce(): void {
    if (!this.mail.some(({ type }) => type === 'enqueue')) this.mail.push({ type: 'enqueue' });
  }

  #act(body: Body, type: string, event: WorkerEvent): void {
    const [{ pool }, { seat }] = [this, body];
    switch (type) {
      case 'send':
        // What it was sent may have been taken back: then it is told so.
        if (event.type === 'dispatch' && (seat.held.length > 0 || event.requests.length === 0)) this.#send(body);
        return;
      case 'learn':
      case 'learnAndTake':
        if (event.type === 'stay' && learn(pool, seat, event.competence)) this.#takeBack(seat);
        return type === 'learn' ? undefined : this.#takeNext(body);
      case 'begin':
        if (pool.queue.length > 0) this.#announce();
        return;
      case 'take':
        return this.#takeNext(body);
      case 'retire':
        return tasks.endProcess(body);
      case 'kill':
        return tasks.killProcess(body);
      case 'reportFree':
      case 'reportEnded':
        return void this.mail.push({ type: type === 'reportFree' ? 'free' : 'ended', worker: seat.id });
    }
  }

  /** Takes back what a worker has not begun, before its status changes or it ends. */
  #takeBack(seat: Seat): void {
    if (seat.held.length === 0 || isConcurrent(this)) return;
    const effects: Effect[] = [];
    recall(this.pool, seat, 0, effects);
    this.#carryOut(effects);
    this.#announce();
  }

  #takeNext(body: Body): void {
    const effects: Effect[] = [];
    take(this.pool, body.seat, effects);
    this.#carryOut(effects);
    if (this.pool.queue.length > 0 && (this.pool.free.length > 0 || hasRoomBeside(this.pool))) this.#announce();
    this.#send(body);
  }

  #send(body: Body): void {
    assert.ok(body.process !== 'starting' || this.settings.flush, `${body.seat.id} is given a task before its start`);
    const [entry] = body.seat.held;
    if (entry === undefined) return void body.inbox.push({ type: 'keep' });
    body.mayBegin = true;
    body.isRunning = entry !== undefined && (body.process === 'up' || body.process === 'starting');
    if (body.isRunning && entry !== undefined) this.#outputs.push(`send ${(entry.task as ModelTask).name}`);
  }

  #carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) {
      const words = tasks.wordsOf(effect);
      if (words !== undefined) this.#outputs.push(words);
      switch (effect.type) {
        case 'spawn':
          this.bodies.set(effect.seat.id, createBody(effect.seat));
          checkSize(this);
          break;
        case 'dispatch':
        case 'retire':
        case 'cancel':
          this.bodies.get(effect.seat.id)?.inbox.push(effect);
          break;
        case 'kill':
          tasks.killProcess(this.bodies.get(effect.seat.id) as Body);
          break;
        case 'forget':
          assert.ok(tasks.isGone(this.bodies.get(effect.seat.id)), 'a worker is forgotten while its process lives');
          this.bodies.delete(effect.seat.id);
          break;
        case 'settle':
          this.#end(effect.entry, tasks.codeOf(effect));
          if (effect.cause.type !== 'died')
            this.reasons.push([(effect.entry.task as ModelTask).number, tasks.codeOf(effect)]);
          break;
        case 'reportDeath':
          this.reasons.push([-1, 'WORKER_DIED']);
          break;
        case 'askTokens':
        case 'giveTokens':
          this.#outputs.push(changeBudget(this, effect));
          break;
        case 'announce':
        case 'wait':
        case 'watch':
        case 'check':
        case 'delay':
          break;
        default:
          assert.fail(`the model knows no ${effect.type}`);
      }
    }
  }

  #end(entry: Entry, how: ModelEnd): void {
    if (entry.place !== 'settled') move(entry, 'settled');
    this.settled.set(entry, (this.settled.get(entry) ?? 0) + 1);
    const { number, name } = entry.task as ModelTask;
    this.ends.set(number, how);
    this.#outputs.push(`${name}: ${how}`);
  }
}
