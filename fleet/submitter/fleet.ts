import type { MapOptions, RunOptions, StalledError, Submission } from '../../actors/index.ts';
import { type AnyKind, clearInterval, nameTask, setInterval } from '../../actors/tooling.ts';
import { Backlog, type FleetCounts } from '../backlog/backlog.ts';
import { Control } from '../backlog/control.ts';
import { Crowd, type NodeInfo } from '../backlog/crowd.ts';
import { mapTasks } from '../backlog/map.ts';
import { type Compare, Order } from '../backlog/order.ts';
import type { Broker } from '../broker.ts';
import { sealFeedback } from '../envelope.ts';
import { closedError, FleetError } from '../errors.ts';
import { readRoll } from '../members/roll.ts';
import { Versions } from '../members/versions.ts';
import type { OpenedBroker } from '../open-broker.ts';
import { type FleetStatus, StatusReader } from '../status.ts';
import { type Names, namesOf, type Told, topicOf } from '../words/names.ts';
import { type FleetEvents, Listeners } from './events.ts';
import { checkNames, type FullConnectOptions } from './options.ts';
import type { FleetOutcome } from './pending.ts';
import { Tasks } from './tasks.ts';

/** The options of `close`. */
export interface FleetCloseOptions {
  /** The fate of this submitter's tasks: it waits for them, or leaves them to the fleet. @default 'finish' */
  readonly tasks?: 'finish' | 'leave';
}

/** The options of `destroy`. */
export interface FleetDestroyOptions {
  /** The tasks to cancel: this submitter's, or all of the kind, with everything that the broker has of it. @default 'mine' */
  readonly scope?: 'mine' | 'all';
}

/** The time between two looks for a stalled fleet. In ms. */
const LOOK = 500;

/**
 * A fleet of nodes of one kind, as a program sees it that has no workers itself. Made by `connect`. `T` is the type of its
 * tasks, `R` of their results, `F` of feedbacks.
 */
export class Fleet<T, R = unknown, F = unknown> implements AsyncDisposable {
  readonly #broker: Broker;
  readonly #names: Names;
  readonly #opened: OpenedBroker;
  readonly #options: FullConnectOptions;
  readonly #tasks: Tasks;
  readonly #order: Order;
  readonly #crowd: Crowd;
  readonly #versions: Versions;
  readonly #backlog: Backlog;
  readonly #control: Control;
  readonly #status: StatusReader;
  readonly #listeners = new Listeners();
  readonly #forget: (() => void)[] = [];
  #watching: NodeJS.Timeout | undefined;
  #isStalled = false;
  #ending: Promise<void> | undefined;

  /** @internal */
  constructor(kind: AnyKind, opened: OpenedBroker, options: FullConnectOptions) {
    const { broker } = opened;
    const names = namesOf(kind.name);
    this.#broker = broker;
    this.#names = names;
    this.#opened = opened;
    this.#options = options;
    this.#order = new Order(broker, names.shared);
    this.#versions = new Versions(kind, options.strict);
    this.#crowd = new Crowd(broker, names, options.id, (look) => this.#versions.warn(look));
    this.#backlog = new Backlog(broker, names, this.#crowd, (task) => nameTask(kind, task));
    this.#control = new Control(broker, names, this.#crowd, this.#backlog, (queue, reason) =>
      this.#tasks.canceller.cancelWaiting(queue, reason),
    );
    this.#status = new StatusReader(broker, kind.name);
    const onSettled = (outcome: FleetOutcome) => this.#listeners.emit('task', outcome);
    this.#tasks = new Tasks({ kind, broker, names, options, order: this.#order, onSettled });
    this.#forget.push(
      broker.on('down', () => this.#listeners.emit('down')),
      broker.on('up', () => this.#listeners.emit('up')),
    );
  }

  /** @internal Begins to hear of the ends of tasks. @throws {FleetError} KIND_VERSION */
  async listen(): Promise<void> {
    this.#versions.check(await readRoll(this.#broker, this.#names));
    const unsubscribe = await this.#broker.subscribe(topicOf(this.id), (news) => this.#tasks.hear(news as Told[]));
    this.#forget.push(() => void unsubscribe().catch(() => {}));
  }

  /** The name under which nodes know this submitter. */
  get id(): string {
    return this.#options.id;
  }

  /** The number of tasks of this submitter that have not settled. */
  get pending(): number {
    return this.#tasks.pending.size;
  }

  /**
   * Runs a task on a node: resolves with its verdict's result, or rejects with its error. A task whose `id` is known is not
   * run again: this call gets its outcome. Never throws at the call.
   */
  async run(task: T, options?: RunOptions<F>): Promise<R> {
    this.#assertOpen();
    return this.#tasks.submit(task, options as RunOptions<never>).result as Promise<R>;
  }

  /** Submits a task: resolves when the broker has it, so that it outlives this program. `result` settles as `run` does. */
  async submit(task: T, options?: RunOptions<F>): Promise<Submission<R>> {
    this.#assertOpen();
    const { id, added, result } = this.#tasks.submit(task, options as RunOptions<never>);
    result.catch(() => {});
    await added;
    return { id, result: result as Promise<R> };
  }

  /**
   * Runs a task for each item and yields the results, in order unless `ordered` is false; at most `inFlight` at a time, 100 by
   * default. The first failure is thrown, and cancels the running tasks.
   */
  map(tasks: Iterable<T> | AsyncIterable<T>, options: MapOptions = {}): AsyncIterable<R> {
    const run = (task: unknown, signal: AbortSignal) => this.run(task as T, { signal });
    return mapTasks(run, tasks, options) as AsyncIterable<R>;
  }

  /** Cancels a task of any submitter, queued or running. Returns whether a task of that id was found that has not ended. */
  cancel(id: string, reason?: unknown): Promise<boolean> {
    return this.#open(() => this.#tasks.canceller.cancelAny(id, reason));
  }

  /** Resolves when no task of the kind is left, of any submitter. Rejects with STALLED when all nodes refuse what is left. */
  async join(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    checkNames('join', options, ['signal']);
    await this.#open(() => this.#backlog.untilEmpty(options.signal));
  }

  /**
   * Orders the tasks that wait, of all submitters, by a comparison, which also places later tasks of this submitter; without
   * one, by priority and arrival. @throws {FleetError} REFUSED if more than 10000 tasks wait
   */
  setOrder(compare?: (a: T, b: T) => number): Promise<void> {
    return this.#open(async () => {
      await this.#order.set(compare as Compare | undefined);
      await this.#control.broadcast();
    });
  }

  /** Lets all nodes look again at the tasks that they have refused, after an outside change that `taskMatch` depends on. */
  broadcast(): Promise<void> {
    return this.#open(() => this.#control.broadcast());
  }

  /** Returns the tasks that no worker has begun, once no worker of any node is busy. Meanwhile nothing is dispatched. */
  snapshot(): Promise<readonly T[]> {
    return this.#open(() => this.#backlog.snapshot() as Promise<T[]>);
  }

  /** Cancels all tasks that wait. @throws {FleetError} USAGE if the kind has nodes: use `cancelAll` */
  clear(): Promise<void> {
    return this.#open(() => this.#control.clear());
  }

  /** Stops the dispatch of tasks on all nodes. Running tasks continue. All submitters feel it. */
  pause(): Promise<void> {
    return this.#open(() => this.#control.hold(true));
  }

  /** Dispatches tasks again, whoever has called `pause`, and however often. */
  resume(): Promise<void> {
    return this.#open(() => this.#control.hold(false));
  }

  /** Cancels all tasks of the kind, of all submitters, queued and running. */
  cancelAll(reason?: unknown): Promise<void> {
    return this.#open(async () => {
      await this.#control.cancelAll(reason);
      // Some were on their way to a node meanwhile, and a hint may be lost.
      this.#cancelOwn(reason);
    });
  }

  /** Kills a worker of a node, busy or free, and replaces it; its task is cancelled. The id is one that `nodes` shows. */
  cancelWorker(id: string, reason?: unknown): Promise<boolean> {
    return this.#open(() => this.#control.cancelWorker(id, reason));
  }

  /** Sends a feedback to all workers of all nodes, and to later ones. @throws {FleetError} MARSHAL_TASK, TOO_LARGE */
  forwardFeedback(feedback: F): Promise<void> {
    return this.#open(() => this.#control.forwardFeedback(sealFeedback(feedback, this.#options.maxBytes)));
  }

  /** Counts the tasks of the kind, of all submitters. */
  counts(): Promise<FleetCounts> {
    return this.#open(() => this.#backlog.counts());
  }

  /** Returns the nodes of the kind: those that live, and those that died and have left something. */
  nodes(): Promise<readonly NodeInfo[]> {
    return this.#open(() => this.#crowd.nodes());
  }

  /** Returns the counts and the nodes in one answer. Waits a second at most for a node that does not answer. */
  status(): Promise<FleetStatus> {
    return this.#open(() => this.#status.read());
  }

  /** Takes no more tasks, waits for its own, or leaves them to the fleet, and ends the connection. */
  close(options: FleetCloseOptions = {}): Promise<void> {
    checkNames('close', options, ['tasks']);
    const { tasks = 'finish' } = options;
    if (tasks !== 'finish' && tasks !== 'leave') {
      throw new FleetError('USAGE', `close.tasks is ${tasks}: it must be one of 'finish', 'leave'`);
    }
    return this.#end(async () => {
      if (tasks === 'finish') await this.#tasks.untilSettled();
    });
  }

  /** Cancels the tasks of this submitter, or all of the kind, and ends the connection. */
  destroy(options: FleetDestroyOptions = {}): Promise<void> {
    checkNames('destroy', options, ['scope']);
    const { scope = 'mine' } = options;
    if (scope !== 'mine' && scope !== 'all') {
      throw new FleetError('USAGE', `destroy.scope is ${scope}: it must be one of 'mine', 'all'`);
    }
    return this.#end(async () => {
      const reason = new Error('the fleet was destroyed');
      this.#cancelOwn(reason);
      await this.#tasks.untilSettled();
      if (scope === 'all') await this.#control.obliterate(reason);
    });
  }

  /** Destroys the fleet at the end of an `await using` block: cancels the tasks of this submitter. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy();
  }

  /** Calls a listener at each event of that name. @throws {FleetError} USAGE for an unknown event */
  on<Name extends keyof FleetEvents>(event: Name, listener: (...args: FleetEvents[Name]) => void): this {
    this.#listeners.on(event, listener as (...args: never[]) => void);
    if (event === 'stalled') this.#watch();
    return this;
  }

  /** Removes a listener. @throws {FleetError} USAGE for an unknown event */
  off<Name extends keyof FleetEvents>(event: Name, listener: (...args: FleetEvents[Name]) => void): this {
    this.#listeners.off(event, listener as (...args: never[]) => void);
    return this;
  }

  #assertOpen(): void {
    if (this.#ending !== undefined) throw closedError('fleet');
  }

  async #open<A>(act: () => Promise<A>): Promise<A> {
    this.#assertOpen();
    return act();
  }

  #cancelOwn(reason: unknown): void {
    for (const task of [...this.#tasks.pending.tasks]) this.#tasks.canceller.cancel(task, reason);
  }

  #end(finish: () => Promise<void>): Promise<void> {
    this.#ending ??= (async () => {
      await finish();
      clearInterval(this.#watching);
      this.#tasks.abandon();
      for (const forget of this.#forget) forget();
      await this.#opened.close();
    })();
    return this.#ending;
  }

  /** Looks again and again whether the fleet has stalled, and says so once until that has changed. */
  #watch(): void {
    this.#watching ??= setInterval(async () => {
      if (!this.#listeners.has('stalled')) return;
      const error = await this.#stalled().catch(() => undefined);
      if (error !== undefined && !this.#isStalled) this.#listeners.emit('stalled', error);
      this.#isStalled = error !== undefined;
    }, LOOK);
    this.#watching.unref?.();
  }

  async #stalled(): Promise<StalledError | undefined> {
    return this.#backlog.stalled(await this.#crowd.refresh());
  }
}
