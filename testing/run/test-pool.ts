import { createPool, type HostName, type Pool, type TaskOutcome } from '../../actors/index.ts';
import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import type { Instruction, ScriptedNote } from './script.ts';
import { type Given, ScriptedKind, type ScriptedTypes } from './scripted-kind.ts';
import { SimulatedHost } from './simulated-host.ts';

/** The host of scripted workers; `simulated` has no processes or threads, but its workers can die. */
export type TestHost = HostName | 'simulated';

/** All hosts. */
export const TEST_HOSTS: readonly TestHost[] = ['process', 'thread', 'inline', 'simulated'];

/** The ways for a busy worker to die by itself. */
const DEATHS: Readonly<Record<TestHost, readonly ('SIGKILL' | 'exit' | 'uncaught' | 'disconnect')[]>> = {
  process: ['SIGKILL', 'exit', 'disconnect', 'uncaught'],
  thread: ['exit', 'uncaught'],
  simulated: ['SIGKILL'],
  inline: [],
};

/** The longest time of a step, in ms. A longer step has failed. */
const PATIENCE = 10_000;

type ScriptedPool = Pool<Given, unknown, unknown, ScriptedTypes['feedback']>;

/** A real pool of scripted workers of one kind, with a record of its events. */
export class TestPool {
  readonly host: TestHost;
  readonly script: ScriptedKind;
  readonly pool: ScriptedPool;
  /** The host whose workers' deaths are simulated. */
  readonly simulated = new SimulatedHost();
  readonly #waiting = new Set<() => void>();
  readonly #started = new Set<string>();

  constructor(kind: ChartedKind, host: TestHost, size: number) {
    this.host = host;
    this.script = new ScriptedKind(kind);
    // Workers get no flags: they do not need a loader or a test runner's hooks, which make them start slowly.
    const flags = import.meta.url.endsWith('.ts') ? {} : { execArgv: [] };
    // A pool that waits behind its gate is stalled on purpose. The listener below suppresses the warning.
    this.pool = createPool(this.script.kind, {
      size,
      host: host === 'simulated' ? this.simulated.start : host,
      ...flags,
      // A worker that was killed right after its start counts as one that has started: the model has no clock.
      restart: { delay: 1, maxDelay: 1, settle: 0 },
      // No task waits so long that another worker helps: the model has no clock.
      makeRoom: { patience: Number.POSITIVE_INFINITY },
      onOutput: () => {},
    }) as ScriptedPool;
    const { pool } = this;
    pool.on('task', (outcome) => this.#onTask(outcome));
    pool.on('feedback', ({ feedback, task, worker }) => {
      this.script.note(task, feedback as ScriptedNote, worker);
      this.#check();
    });
    // A worker's machine emits its first event when it is ready.
    pool.on('worker', ({ id }) => this.#started.add(id));
    for (const event of ['worker', 'stalled', 'idle', 'degraded'] as const) pool.on(event, () => this.#check());
  }

  /** Submits a task to the pool. The `task` event reports its outcome; its promise must agree. */
  run(given: Given): void {
    this.pool.run(given, { signal: given.controller.signal }).then(
      (result) => this.#agree(given, 'done', result),
      (error) => this.#agree(given, 'failed', error),
    );
  }

  /** Sends a worker an instruction. */
  instruct(instruction: Instruction): void {
    this.pool.forwardFeedback(instruction);
  }

  /**
   * Ends a worker from outside, or makes it end itself, in the way that `turn` chooses. `given` is the task that it
   * holds.
   */
  kill(worker: string, given: Given | undefined, turn: number): void {
    const info = this.pool.workers.find(({ id }) => id === worker);
    const ways = DEATHS[this.host];
    const way = ways[turn % ways.length];
    if (this.host === 'simulated') this.simulated.die(worker);
    else if (way === 'SIGKILL') process.kill(info?.pid as number, 'SIGKILL');
    else if (given !== undefined) this.instruct({ order: given.number, do: way ?? 'exit' });
    else this.instruct({ pid: info?.pid ?? process.pid, threadId: info?.threadId ?? 0, do: 'exit' });
  }

  /** Waits until a condition holds. @throws when it does not hold in time, with the actual state */
  until(what: string, isSo: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        let isDone: boolean;
        try {
          isDone = isSo();
        } catch (error) {
          end();
          reject(error);
          return;
        }
        if (!isDone) return;
        end();
        resolve();
      };
      // The timer also keeps the program alive; an idle pool does not.
      const timer = setTimeout(() => {
        end();
        reject(new Error(`${what}: it did not happen within ${PATIENCE / 1000} s; there was ${this.describe()}`));
      }, PATIENCE);
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(check);
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Checks the waiting conditions again after this promise settles: the pool has no event for it. */
  watch(promise: Promise<unknown>): void {
    const check = () => this.#check();
    promise.then(check, check);
  }

  /** Waits until every worker has started, also in a pool that is closing and whose `ready` rejects. */
  async ready(what: string): Promise<void> {
    await this.until(what, () => this.pool.workers.every(({ id }) => this.#started.has(id)));
  }

  /** Returns the pool in a few words. */
  describe(): string {
    const workers = this.pool.workers.map(
      ({ id, state, task }) => `${id} ${state}${task === undefined ? '' : ` ${task}`}`,
    );
    return `${this.pool.queued} queued, ${workers.join(', ') || 'no workers'}`;
  }

  /** The first offence of the pool. */
  get offence(): string | undefined {
    const twice = this.script.given.find(({ settled }) => settled > 1);
    if (twice !== undefined) return `${twice.name} #${twice.number} settled ${twice.settled} times`;
    return this.script.offences[0];
  }

  /** Ends the pool. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  #onTask(outcome: TaskOutcome): void {
    const given = outcome.task as Given;
    given.settled++;
    given.outcome ??= outcome;
    this.#check();
  }

  #agree(given: Given, status: 'done' | 'failed', value: unknown): void {
    const { outcome } = given;
    const isSame = outcome?.status === status && Object.is(status === 'done' ? outcome.result : outcome.error, value);
    if (!isSame)
      this.script.offences.push(`the promise of ${given.name} #${given.number} ended otherwise than the pool reported`);
    this.#check();
  }

  #check(): void {
    for (const check of [...this.#waiting]) check();
  }
}
