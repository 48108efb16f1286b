import { isDeepStrictEqual } from 'node:util';
import { type Act, nameOfAct, perform, settle, subjectOf } from '../model/acts.ts';
import { ModelPool } from '../model/model-pool.ts';
import type { Body, ModelTask } from '../model/model-task.ts';
import { endOfGiven, type Given } from '../run/scripted-kind.ts';
import type { TestPool } from '../run/test-pool.ts';

/**
 * Does the same acts on a model and on a real pool. Compares both after each act: how each task ended, which reasons
 * the kind's hook got, what each worker holds and knows, how many tasks wait, and whether the pool is stalled.
 */
export class PoolRun {
  readonly model: ModelPool;
  readonly #pool: TestPool;
  /**
   * The real worker of each worker in the model, by id. Fresh workers are all alike: chance decides which one is ready
   * first.
   */
  readonly #names = new Map<string, string>();

  constructor(testPool: TestPool, model: ModelPool) {
    this.#pool = testPool;
    this.model = model;
    model.mail.push({ type: 'enqueue' });
    settle(model);
  }

  /** Makes a run from a test pool and a new model. */
  static async begin(testPool: TestPool, size: number): Promise<PoolRun> {
    await testPool.ready('the workers start');
    return new PoolRun(testPool, new ModelPool(testPool.script.inner, size));
  }

  /** Does one act on both; `turn` chooses among the ways to do it. @throws when they differ afterwards */
  async act(act: Act, turn = 0): Promise<void> {
    this.#actOnPool(act, turn);
    perform(this.model, act);
    settle(this.model);
    const what = nameOfAct(act);
    await this.#agree(what);
    // A worker handles its start only once it has started, and only then is the result visible.
    if (this.model.pool.phase !== 'destroying') await this.#pool.ready(`${what}: the workers start`);
    await this.#agree(what);
    const { offence } = this.#pool;
    if (offence !== undefined) throw new Error(`${what}: ${offence}`);
  }

  #actOnPool(act: Act, turn: number): void {
    const { pool, script } = this.#pool;
    const { body, entry } = subjectOf(this.model, act);
    const given = entry === undefined ? undefined : script.given[(entry.task as ModelTask).number];
    switch (act.type) {
      case 'enqueue':
        return this.#pool.run(script.make(act.name));
      case 'answer':
        return this.#answer(given as Given, act.what);
      case 'die':
        return this.#pool.kill(this.#realOf(body as Body), given, turn);
      case 'cancelWorker':
        return void pool.cancelWorker(this.#realOf(body as Body));
      case 'cancelHeld':
      case 'cancelQueued':
      case 'cancelDelayed':
        return given?.controller.abort(new Error('cancelled'));
      case 'close':
        return this.#pool.watch(pool.close());
      case 'destroy':
        return this.#pool.watch(pool.destroy());
      case 'due':
        throw new Error('the model has no attempts');
      case 'begin':
      case 'cancelPrefetched':
      case 'check':
      case 'flush':
        throw new Error('the model does not prefetch');
      case 'grant':
      case 'contend':
        throw new Error('the model has no budget');
      case 'impatient':
        return pool.actor.send({ type: 'impatient', timer: this.model.pool.scheduling.timer });
      default:
        pool[act.type]();
    }
  }

  #answer(given: Given, what: string): void {
    const order = given.number;
    if (what === 'throw' || what === 'unserialisable') return this.#pool.instruct({ order, do: what });
    this.#pool.instruct({ order, do: 'answer', response: this.#pool.script.responseTo(given, what) });
  }

  /** The real worker of a worker in the model; any fresh worker when none is assigned yet. */
  #realOf({ seat }: Body): string {
    const known = this.#names.get(seat.id);
    if (known !== undefined) return known;
    const taken = new Set(this.#names.values());
    const free = this.#pool.pool.workers.find(({ id, state }) => state === 'fresh' && !taken.has(id));
    if (free === undefined) throw new Error('no fresh worker is there');
    return free.id;
  }

  async #agree(what: string): Promise<void> {
    let difference: string | undefined;
    try {
      await this.#pool.until(what, () => {
        difference = this.#difference();
        return difference === undefined;
      });
    } catch (error) {
      throw new Error(difference === undefined ? (error as Error).message : `${what}: ${difference}`, { cause: error });
    }
  }

  /** The first difference between the pool and the model. */
  #difference(): string | undefined {
    const { pool: real, script } = this.#pool;
    const { model } = this;
    for (const given of script.given) {
      const end = model.ends.get(given.number);
      const found = endOfGiven(given);
      if (found !== end) {
        return `${given.name} #${given.number} should have ended with ${end ?? 'nothing yet'}, not ${found ?? 'nothing yet'}`;
      }
      const expected = model.reasons.filter(([number]) => number === given.number).map(([, code]) => code);
      if (String(expected) !== String(given.reasons)) {
        return `the kind should have got ${expected.join(', ') || 'nothing'} of ${given.name} #${given.number}, not ${given.reasons.join(', ') || 'nothing'}`;
      }
    }
    const idle = model.reasons.filter(([number]) => number === -1).length;
    if (idle !== script.idleDeaths)
      return `the kind should have heard of ${idle} idle deaths, not of ${script.idleDeaths}`;
    if (script.given.length !== model.entries.length) {
      return `${model.entries.length} tasks should have entered, not ${script.given.length}`;
    }
    const queued = model.pool.queue.length;
    if (real.queued !== queued) return `${queued} tasks should wait, not ${real.queued}`;
    return this.#differenceOfWorkers() ?? this.#differenceOfPhase();
  }

  #differenceOfWorkers(): string | undefined {
    const { pool: real, script } = this.#pool;
    const unknown = [...real.workers];
    for (const body of this.model.bodies.values()) {
      const [entry] = body.seat.held;
      const given = entry === undefined ? undefined : script.given[(entry.task as ModelTask).number];
      if (given !== undefined && body.state === 'busy') {
        if (given.worker === undefined) return `a worker should hold ${given.name} #${given.number}`;
        this.#names.set(body.seat.id, given.worker);
      }
      // A worker that is fresh again is like any other fresh worker.
      if (body.state === 'fresh') this.#names.delete(body.seat.id);
      const name = this.#names.get(body.seat.id);
      const { competence } = body.seat.status as { competence?: unknown };
      const index = unknown.findIndex(
        (each) =>
          each.state === body.state &&
          (name === undefined ? each.state === 'fresh' : each.id === name) &&
          each.status.type === body.seat.status.type &&
          isDeepStrictEqual(each.competence, competence),
      );
      if (index < 0) return `${name ?? 'a worker'} should be ${body.state}; there was ${this.#pool.describe()}`;
      unknown.splice(index, 1);
    }
    return unknown.length === 0 ? undefined : `${unknown.length} workers too many`;
  }

  #differenceOfPhase(): string | undefined {
    const { phase, holds, isStalled } = this.model.pool;
    const expected =
      phase === 'destroying'
        ? 'destroyed'
        : phase === 'closing'
          ? 'draining'
          : holds > 0
            ? 'paused'
            : isStalled
              ? 'stalled'
              : 'running';
    const found = this.#pool.pool.actor.getSnapshot().value;
    return found === expected ? undefined : `the supervisor should be ${expected}, not ${String(found)}`;
  }
}
