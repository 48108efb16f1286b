import { isDeepStrictEqual } from 'node:util';
import type { WorkerStatus } from '../../kinds/kind.ts';
import type { ChartMeta } from '../../machines/kind-chart/kind-chart.ts';
import { busyLabel, labelOf } from '../../machines/kind-chart/kind-chart.ts';
import type { Edge } from '../graph/graph.ts';
import { type Given, nameOf } from './scripted-kind.ts';
import type { TestHost, TestPool } from './test-pool.ts';

/** Returns whether a host can show a transition. A worker that runs in this process cannot die alone. */
export function canShow(host: TestHost, event: string): boolean {
  return host !== 'inline' || event !== 'die';
}

/**
 * Walks one path of a kind's chart on a real pool of one worker, step by step. After each step, compares the state of
 * the pool and the ends of the tasks with the chart.
 */
export class KindRun {
  readonly #pool: TestPool;
  /** Chooses among the ways to cause one event. */
  #turn: number;
  /** The task that the worker holds. */
  #held: Given | undefined;
  /** Tasks that wait in the queue, behind the gate: follow-ups and retries. */
  #waiting: Given[] = [];
  /** The one task that may go to a worker. */
  #open: Given | undefined;
  readonly #own: Given[] = [];
  /** The number of deaths without a task that the kind's hook must have been called for. */
  #deaths: number;

  constructor(testPool: TestPool, turn: number) {
    this.#pool = testPool;
    this.#turn = turn;
    this.#deaths = testPool.script.idleDeaths;
    testPool.script.isOpen = (given) => given === this.#open;
  }

  /** Takes one transition. @throws when the pool does anything else */
  async step({ from, event, to }: Edge, meta: ChartMeta): Promise<void> {
    const { pool } = this.#pool;
    const before = pool.workers[0];
    if (before === undefined) throw new Error('the pool has no worker');
    this.#turn++;
    if (event === 'die' && !from.startsWith('busy')) this.#deaths++;
    const [verb, ...rest] = event.split(' ') as [string, ...string[]];
    const name = rest.join(' ');
    if (verb === 'give') await this.#give(name, false, meta);
    else if (verb === 'unserialisable' && name !== '') await this.#give(name, true, meta);
    else if (this.#held === undefined) await this.#endFree(verb);
    else await this.#endHeld(this.#held, verb, name, meta);
    if (to === 'dead') await this.#replaced(before);
    await this.#arrived(to, event, to === 'dead' ? undefined : before.id);
    this.#checkWaiting(event);
    this.#checkOffences(event);
  }

  /**
   * Ends the tasks that the path left behind, so that the next path finds a fresh worker. @throws when a task has not
   * settled
   */
  async end(): Promise<void> {
    const { pool, script } = this.#pool;
    const before = pool.workers[0];
    const isUsed = before?.state !== 'fresh';
    for (const { controller } of this.#own) controller.abort(new Error('the path is over'));
    if (isUsed && before !== undefined) {
      pool.cancelWorker(before.id);
      await this.#replaced(before);
    }
    await this.#pool.until('every task settles when the path is over', () => pool.stats.pending === 0);
    const lost = script.given.find((given) => given.settled !== 1 && this.#own.includes(given));
    if (lost !== undefined) throw new Error(`${nameOf(lost)} settled ${lost.settled} times`);
    this.#checkOffences('the end of the path');
  }

  async #give(name: string, isUnserialisable: boolean, meta: ChartMeta): Promise<void> {
    const { pool, script } = this.#pool;
    const waiting = this.#waiting.find(
      (given) => given.name === name && given.isFollowUp && given.reasons.length === 0,
    );
    const given = waiting ?? script.make(name);
    given.isUnserialisable = isUnserialisable;
    this.#waiting = this.#waiting.filter((each) => each !== given);
    this.#own.push(given);
    this.#open = given;
    if (waiting === undefined) this.#pool.run(given);
    else pool.broadcast();
    const what = `${nameOf(given)} goes to the worker`;
    if (meta.outcome === 'sent') {
      await this.#pool.until(what, () => given.worker !== undefined && pool.workers[0]?.state === 'busy');
      if (given.worker !== pool.workers[0]?.id) throw new Error(`${what}, but ${given.worker} says that it has it`);
      this.#held = given;
      // A task that returns to the queue stays there.
      this.#open = undefined;
      return;
    }
    await this.#settles(given, meta);
  }

  /** Ends the task that the worker holds. */
  async #endHeld(given: Given, verb: string, name: string, meta: ChartMeta): Promise<void> {
    this.#held = undefined;
    switch (verb) {
      case 'answer':
        this.#pool.instruct({ order: given.number, do: 'answer', response: this.#pool.script.responseTo(given, name) });
        break;
      case 'throw':
      case 'unserialisable':
        this.#pool.instruct({ order: given.number, do: verb });
        break;
      case 'cancel':
        await this.#maySpin(given);
        given.controller.abort(new Error('cancelled'));
        break;
      case 'cancelWorker':
        await this.#maySpin(given);
        this.#pool.pool.cancelWorker(given.worker as string);
        break;
      default:
        this.#pool.kill(given.worker as string, given, this.#turn);
    }
    if (meta.settled === 'retried') await this.#goesBack(given);
    else await this.#settles(given, meta);
    const before = this.#pool.script.given.length - meta.injects.length;
    const followUps = meta.injects.length === 0 ? [] : this.#pool.script.given.slice(before);
    const made = followUps.map((each) => each.name);
    if (!isDeepStrictEqual(made, [...meta.injects])) {
      throw new Error(
        `the verdict on ${nameOf(given)} made ${made.join(', ') || 'no task'}, not ${meta.injects.join(', ')}`,
      );
    }
    this.#own.push(...followUps);
    this.#waiting.push(...followUps);
  }

  /** Every other hanging task blocks its worker's thread for good before it is cancelled. */
  async #maySpin(given: Given): Promise<void> {
    const { host } = this.#pool;
    if (host === 'inline' || host === 'simulated' || this.#turn % 2 === 0) return;
    this.#pool.instruct({ order: given.number, do: 'spin' });
    await this.#pool.until(`${nameOf(given)} hangs`, () => given.isSpinning);
  }

  async #endFree(verb: string): Promise<void> {
    const { pool, script } = this.#pool;
    const { id } = pool.workers[0] as { id: string };
    if (verb === 'cancelWorker') {
      if (!pool.cancelWorker(id)) throw new Error(`${id} cannot be cancelled`);
      return;
    }
    this.#pool.kill(id, undefined, this.#turn);
    await this.#pool.until('the kind hears of the death', () => script.idleDeaths >= this.#deaths);
  }

  async #goesBack(given: Given): Promise<void> {
    await this.#pool.until(`${nameOf(given)} is back in the queue`, () => given.reasons.length > 0);
    // A follow-up whose maker died with it is stranded at once. The kind's hook may have been called for that too.
    if (given.reasons[0] !== 'WORKER_DIED') this.#expectReasons(given, ['WORKER_DIED']);
    this.#waiting.unshift(given);
  }

  /** Waits until the task settles, and compares how it ended. */
  async #settles(given: Given, { settled, outcome }: ChartMeta): Promise<void> {
    await this.#pool.until(`${nameOf(given)} settles`, () => given.outcome !== undefined);
    const { status, result, error } = given.outcome as NonNullable<Given['outcome']>;
    const code = (error as { code?: unknown } | undefined)?.code;
    const problem = () =>
      new Error(
        `${nameOf(given)} settled with ${status === 'done' ? 'a result' : (code ?? error)}, not with ${settled}`,
      );
    if (settled === 'result') {
      if (status !== 'done') throw problem();
      if (given.verdict !== undefined && !Object.is(given.verdict.result, result)) throw problem();
    } else if (settled === 'error') {
      if (status !== 'failed' || !Object.is(given.verdict?.error, error)) throw problem();
    } else if (code !== settled) throw problem();
    const isReported = outcome === 'expired' || outcome === 'cancelled' || outcome === 'died';
    this.#expectReasons(given, isReported ? [settled as string] : []);
    const marshalErrors = outcome === 'unserialisable' ? 1 : 0;
    if (given.marshalErrors !== marshalErrors) throw new Error(`onMarshalError ran ${given.marshalErrors} times`);
  }

  #expectReasons(given: Given, codes: readonly string[]): void {
    if (isDeepStrictEqual(given.reasons, codes)) return;
    throw new Error(
      `the kind's hook got ${given.reasons.join(', ') || 'nothing'} of ${nameOf(given)}, not ${codes.join(', ') || 'nothing'}`,
    );
  }

  /** Waits until a fresh worker sits in the slot of one that ended, and its process is gone. */
  async #replaced(before: { readonly id: string; readonly pid?: number }): Promise<void> {
    const { pool, host } = this.#pool;
    await this.#pool.until(`another worker takes the place of ${before.id}`, () =>
      pool.workers.some(({ id }) => id !== before.id),
    );
    if (pool.workers.length !== 1) throw new Error(`the pool of one has ${pool.workers.length} workers`);
    if (host === 'process' && isRunning(before.pid)) {
      throw new Error(`${before.id} has been replaced, and its process ${before.pid} still runs`);
    }
    await this.#pool.ready('the new worker starts');
    // Follow-ups are for the worker whose verdict made them. After its end no worker takes them.
    this.#waiting = this.#waiting.filter(({ isFollowUp }) => !isFollowUp);
  }

  /** Waits until the worker is in the state to which the transition leads. The successor of a dead worker is fresh. */
  async #arrived(to: string, event: string, id: string | undefined): Promise<void> {
    const { pool } = this.#pool;
    const target = to === 'dead' ? 'fresh' : to;
    await this.#pool.until(`${event}: the worker is ${target}`, () => {
      // A worker that is gone never returns.
      const isGone = id !== undefined && pool.workers.every((worker) => worker.id !== id);
      if (isGone) throw new Error(`${event}: ${id} should be ${target}, and it is gone`);
      return this.#label() === target;
    });
  }

  #label(): string {
    const { script, pool } = this.#pool;
    const [worker] = pool.workers;
    if (worker === undefined) return 'no worker';
    const label = labelOf(script.inner, worker.status as WorkerStatus);
    if (worker.state === 'busy') return this.#held === undefined ? 'busy' : busyLabel(this.#held.name, label);
    return worker.state === label.split('.')[0] ? label : `${worker.state}, though it is ${label}`;
  }

  #checkWaiting(event: string): void {
    const { queued } = this.#pool.pool;
    if (queued === this.#waiting.length) return;
    throw new Error(`${event}: ${queued} tasks wait, and not ${this.#waiting.map(nameOf).join(', ') || 'none'}`);
  }

  #checkOffences(event: string): void {
    const { offence, script } = this.#pool;
    if (offence !== undefined) throw new Error(`${event}: ${offence}`);
    if (script.idleDeaths === this.#deaths) return;
    throw new Error(
      `${event}: the kind heard of ${script.idleDeaths} workers that died with no task, not of ${this.#deaths}`,
    );
  }
}

function isRunning(pid: number | undefined): boolean {
  try {
    process.kill(pid as number, 0);
    return true;
  } catch {
    return false;
  }
}
