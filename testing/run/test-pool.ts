import { createPool, type HostName, type Pool, type TaskOutcome } from '../../actors/index.ts';
import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import type { Instruction, ScriptedNote } from './script.ts';
import { type Given, ScriptedKind, type ScriptedTypes } from './scripted-kind.ts';
import { SimulatedHost } from './simulated-host.ts';

/** Where scripted workers run; `simulated`: nowhere, but they can die all the same. */
export type TestHost = HostName | 'simulated';

/** Every host there is. */
export const TEST_HOSTS: readonly TestHost[] = ['process', 'thread', 'inline', 'simulated'];

/** How a worker can be made to die of itself, where it is busy. */
const DEATHS: Readonly<Record<TestHost, readonly ('SIGKILL' | 'exit' | 'uncaught' | 'disconnect')[]>> = {
  process: ['SIGKILL', 'exit', 'disconnect', 'uncaught'],
  thread: ['exit', 'uncaught'],
  simulated: ['SIGKILL'],
  inline: [],
};

/** The longest that a step may take before it counts as failed. In ms. */
const PATIENCE = 10_000;

type ScriptedPool = Pool<Given, unknown, unknown, ScriptedTypes['feedback']>;

/** A real pool of scripted workers of one kind, and everything that was seen of it. */
export class TestPool {
  readonly host: TestHost;
  readonly script: ScriptedKind;
  readonly pool: ScriptedPool;
  /** The workers' deaths, where they are only simulated. */
  readonly simulated = new SimulatedHost();
  readonly #waiting = new Set<() => void>();
  readonly #started = new Set<string>();

  constructor(kind: ChartedKind, host: TestHost, size: number) {
    this.host = host;
    this.script = new ScriptedKind(kind);
    // Workers get no flags: a loader or a test runner's hooks have nothing to do there, and make them start slowly.
    const flags = import.meta.url.endsWith('.ts') ? {} : { execArgv: [] };
    // A pool that waits behind its gate is stalled on purpose: the listener below keeps it from warning of it.
    this.pool = createPool(this.script.kind, {
      size,
      host: host === 'simulated' ? this.simulated.start : host,
      ...flags,
      // A worker that was killed as soon as it had started counts as one that cannot start: nobody waits here until it can.
      restart: { delay: 1, maxDelay: 1 },
      onOutput: () => {},
    }) as ScriptedPool;
    const { pool } = this;
    pool.on('task', (outcome) => this.#onTask(outcome));
    pool.on('feedback', ({ feedback, task, worker }) => {
      this.script.note(task, feedback as ScriptedNote, worker);
      this.#check();
    });
    // A worker's machine is heard of first when it is ready.
    pool.on('worker', ({ id }) => this.#started.add(id));
    for (const event of ['worker', 'stalled', 'idle', 'degraded'] as const) pool.on(event, () => this.#check());
  }

  /** Gives the pool a task. Its outcome is told by the pool's `task` event; its promise must say the same. */
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

  /** Ends a worker from outside, or makes it end itself: in the way that `turn` chooses. `given`: what it has in its hands. */
  kill(worker: string, given: Given | undefined, turn: number): void {
    const info = this.pool.workers.find(({ id }) => id === worker);
    const ways = DEATHS[this.host];
    const way = ways[turn % ways.length];
    if (this.host === 'simulated') this.simulated.die(worker);
    else if (way === 'SIGKILL') process.kill(info?.pid as number, 'SIGKILL');
    else if (given !== undefined) this.instruct({ order: given.number, do: way ?? 'exit' });
    else this.instruct({ pid: info?.pid ?? process.pid, threadId: info?.threadId ?? 0, do: 'exit' });
  }

  /** Waits until something is so. @throws where it has not become so in time, with what there was instead */
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
      // It also keeps the program alive, which an idle pool does not.
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

  /** Checks again what is waited for, once this has settled: the pool has no event for it. */
  watch(promise: Promise<unknown>): void {
    const check = () => this.#check();
    promise.then(check, check);
  }

  /** Waits until every worker has started: also in a pool that is closing, whose `ready` rejects. */
  async ready(what: string): Promise<void> {
    await this.until(what, () => this.pool.workers.every(({ id }) => this.#started.has(id)));
  }

  /** The pool in a few words. */
  describe(): string {
    const workers = this.pool.workers.map(
      ({ id, state, task }) => `${id} ${state}${task === undefined ? '' : ` ${task}`}`,
    );
    return `${this.pool.queued} queued, ${workers.join(', ') || 'no workers'}`;
  }

  /** The first thing that the pool must not have done. */
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
      this.script.offences.push(`the promise of ${given.name} #${given.number} ended otherwise than it was told`);
    this.#check();
  }

  #check(): void {
    for (const check of [...this.#waiting]) check();
  }
}
