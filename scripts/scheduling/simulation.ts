import { Costs } from '../../actors/tooling.ts';
import { createEntry, type Entry, move } from '../../machines/queue/entry.ts';
import { TaskQueue } from '../../machines/queue/task-queue.ts';
import { decide } from '../../machines/rules/decide.ts';
import { needsWatch } from '../../machines/rules/patience.ts';
import { hasNextWith, hasOwnWith, learn, take } from '../../machines/rules/take.ts';
import type { Effect } from '../../machines/state/effects.ts';
import { matchingOf } from '../../machines/state/matching.ts';
import { createPoolState, type PoolState } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import { Clock, keysOf, type Outcome, type Workload } from './workload.ts';

/** A way to choose workers: by the rules of the pool with required or preferred keys, or without keys. */
export type Mode = 'require' | 'prefer' | 'any';

/** A task of a simulation. */
interface Task {
  readonly key: string;
  readonly arrival: number;
}

const KILLED = { exitCode: null, signal: 'SIGKILL', reason: 'killed' } as const;

/** Plays workers and callers for the rules of the pool, with a clock that does not wait. */
class Simulation {
  readonly #load: Workload;
  readonly #pool: PoolState;
  readonly #costs: Costs;
  readonly #clock = new Clock();
  readonly #keys: number[];
  /** The key that each worker has loaded. */
  readonly #loaded = new Map<Seat, string>();
  readonly #mail: SupervisorEvent[] = [];
  #isDeciding = false;
  #arrived = 0;
  #ended = 0;
  #loads = 0;
  #births = 0;
  #longestWait = 0;
  #busyTime = 0;

  constructor(load: Workload, mode: Mode, patience?: number) {
    this.#load = load;
    this.#keys = keysOf(load);
    const isKeyed = mode !== 'any';
    const matching = matchingOf({
      name: 'simulated',
      url: import.meta.url,
      ...(isKeyed ? { affinity: () => '', affinityMode: mode, affinityOfCompetence: () => '' } : {}),
      requestOfTask: () => undefined,
      perform: () => undefined,
    });
    this.#pool = createPoolState({
      kind: 'simulated',
      size: load.size,
      patience,
      faults: [],
      restart: { limit: 5, delay: 100, maxDelay: 5000 },
      queue: new TaskQueue({
        keys: isKeyed ? mode : undefined,
        accept:
          mode === 'require' ? ({ status, key }, entry) => status.type === 'fresh' || key === entry.key : undefined,
      }),
      rules: {
        matching,
        window: 1,
        concurrency: 1,
        isIdempotent: false,
        begunOf: () => undefined,
        recall: () => undefined,
        reasonToStop: () => undefined,
        keyOf: (competence) => competence as string,
        requestOf: (_cursor, entry) => entry,
        onDeath: () => ({ isRetried: false, error: undefined }),
      },
    });
    this.#costs = new Costs(this.#pool, (means) => this.#send({ type: 'measured', means }));
  }

  run(): Outcome {
    this.#send({ type: 'enqueue' });
    for (let i = 0; i < this.#load.inFlight; i++) this.#arrive();
    while (this.#ended < this.#load.tasks) {
      if (!this.#clock.step()) throw new Error(`${this.#pool.queue.length} tasks wait for ever`);
    }
    const wall = this.#clock.now;
    return {
      wall,
      loads: this.#loads,
      births: this.#births,
      longestWait: this.#longestWait,
      busyShare: this.#busyTime / (wall * this.#load.size),
    };
  }

  /** Submits the next task, as a caller does; the supervisor hears of it when it is needed. */
  #arrive(): void {
    const pool = this.#pool;
    if (this.#arrived === this.#load.tasks) return;
    const key = String(this.#keys[this.#arrived++]);
    const task: Task = { key, arrival: this.#clock.now };
    pool.queue.push(createEntry(task, { key: pool.rules.matching.keys === undefined ? undefined : key }));
    if (pool.busy === 0 || pool.free.length > 0 || needsWatch(pool)) this.#send({ type: 'enqueue' });
  }

  #send(event: SupervisorEvent): void {
    this.#mail.push(event);
    if (this.#isDeciding) return;
    this.#isDeciding = true;
    for (let next = this.#mail.shift(); next !== undefined; next = this.#mail.shift()) {
      this.#carryOut(decide(this.#pool, next));
    }
    this.#isDeciding = false;
  }

  #carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'spawn') this.#start(effect.seat);
      else if (effect.type === 'dispatch') this.#perform(effect.seat);
      else if (effect.type === 'watch') {
        const { ms, timer } = effect;
        this.#clock.after(ms, () => this.#send({ type: 'impatient', timer }));
      } else if (effect.type === 'cancel' || effect.type === 'retire') {
        this.#clock.after(0, () => this.#send({ type: 'exited', worker: effect.seat.id, exit: KILLED }));
      }
    }
  }

  #start(seat: Seat): void {
    const { start } = this.#load;
    this.#births++;
    this.#clock.after(start, () => {
      this.#costs.started(start);
      this.#send({ type: 'free', worker: seat.id });
    });
  }

  #perform(seat: Seat): void {
    const { key, arrival } = (seat.held[0] as Entry).task as Task;
    this.#longestWait = Math.max(this.#longestWait, this.#clock.now - arrival);
    const isLoaded = this.#loaded.get(seat) === key;
    if (!isLoaded) this.#loads++;
    this.#loaded.set(seat, key);
    const ms = this.#load.work + (isLoaded ? 0 : this.#load.load);
    this.#busyTime += ms;
    this.#clock.after(ms, () => this.#answer(seat, key, ms));
  }

  /** Does what the master does with an answer: the caller's next task comes before the verdict if none of its own waits. */
  #answer(seat: Seat, key: string, ms: number): void {
    const pool = this.#pool;
    this.#costs.performed(seat, ms);
    move(seat.held.shift() as Entry, 'settled');
    this.#ended++;
    const hasMore = hasOwnWith(pool, seat, key);
    if (!hasMore) this.#arrive();
    const isNext = hasNextWith(pool, seat, key);
    learn(pool, seat, key);
    if (isNext) {
      take(pool, seat, []);
      this.#perform(seat);
      if (pool.free.length > 0 && pool.queue.length > 0) this.#send({ type: 'enqueue' });
    } else this.#send({ type: 'free', worker: seat.id });
    if (hasMore) this.#arrive();
  }
}

/** Runs a workload under the rules of the pool. */
export function simulate(load: Workload, mode: Mode, patience?: number): Outcome {
  return new Simulation(load, mode, patience).run();
}
