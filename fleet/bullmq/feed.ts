import type { Job, Worker } from 'bullmq';
import { clearInterval, setInterval } from '../../actors/tooling.ts';
import type { Feed, Lease, WorkOptions } from '../broker.ts';
import { checkSlots } from '../engine/checks.ts';
import type { BullEngine } from './connection/engine.ts';
import { isRefusal } from './connection/outage.ts';
import { type JobData, stateOf } from './jobs.ts';
import { BullLease, type LeaseOwner } from './lease.ts';
import { makePuller, type Puller, SIGNS } from './puller.ts';

/**
 * The most fetches at a time, while tasks are known to wait. Redis answers them in their order. Those of Postgres take
 * different connections, and would bring tasks out of order.
 */
const PARALLEL = { redis: 4, postgres: 1 };

/** The most locks that are renewed with one call. */
const RENEWED = 500;

/** The leases of one queue: fetches tasks while there are free slots, and renews their locks. */
export class BullFeed implements Feed, LeaseOwner {
  readonly engine: BullEngine;
  readonly #queue: string;
  readonly #redeliver: number;
  readonly #onLease: (lease: Lease) => void;
  readonly #onEnd: () => void;
  readonly #leases = new Set<BullLease>();
  readonly #waiters: Array<() => void> = [];
  readonly #loop: Promise<void>;
  #puller: Puller | undefined;
  #timer: NodeJS.Timeout | undefined;
  #slots: number;
  #fetching = 0;
  /** The number of the next token. */
  #tokens = 0;
  #isDry = false;
  #isStopped = false;
  #isEnded = false;
  #isSigning = false;

  constructor(
    engine: BullEngine,
    queue: string,
    { slots, redeliver = 3 }: WorkOptions,
    onLease: (lease: Lease) => void,
    onEnd: () => void,
  ) {
    this.engine = engine;
    this.#queue = queue;
    this.#slots = slots;
    this.#redeliver = redeliver;
    this.#onLease = onLease;
    this.#onEnd = onEnd;
    this.#loop = this.#run().catch(() => {});
  }

  get slots(): number {
    return this.#slots;
  }

  set slots(slots: number) {
    checkSlots(slots);
    this.#slots = slots;
    this.#wake();
  }

  get held(): number {
    return this.#leases.size;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    // A fetch may block: it ends with its connection. What it brings nevertheless is given back.
    await this.#puller?.worker
      .getBackend()
      .disconnectBlocking(true)
      .catch(() => {});
    await this.#loop;
    while (this.#leases.size > 0) await this.#change();
    await this.#end();
  }

  /** Gives everything back, as far as the engine answers, and ends. */
  async end(): Promise<void> {
    this.#isStopped = true;
    this.#isEnded = true;
    clearInterval(this.#timer);
    this.#wake();
    const leases = [...this.#leases];
    await Promise.allSettled(leases.map(({ job, token }) => job.moveToWait(token)));
    for (const lease of leases) this.ended(lease);
    await this.#end();
  }

  async #end(): Promise<void> {
    clearInterval(this.#timer);
    const puller = this.#puller;
    this.#puller = undefined;
    if (puller === undefined) return;
    await puller.worker.close(true).catch(() => {});
    this.engine.parts.driver.reserve(-1);
    this.#onEnd();
  }

  async #run(): Promise<void> {
    this.engine.parts.driver.reserve(1);
    const { address, lease } = this.engine.parts;
    this.#puller = await this.engine.call(() => makePuller(this.engine, this.#queue, this.#redeliver));
    if (this.#isEnded) return this.#end();
    this.#timer = setInterval(() => this.#sign(), Math.max(1, Math.floor(lease / SIGNS)));
    // A task counts as lost at the second look: the first one is at once, for nobody else may look into this queue.
    this.#sign();
    while (!this.#isStopped) {
      const free = this.#slots - this.#leases.size;
      if (free <= 0) await this.#change();
      else if (this.#isDry) this.#isDry = !(await this.#fetch(true));
      else {
        const fetches = Array.from({ length: Math.min(free, PARALLEL[address.engine]) }, () => this.#fetch(false));
        this.#isDry = !(await Promise.all(fetches)).includes(true);
      }
    }
  }

  /** Fetches one task. Returns whether there was one. */
  async #fetch(mayBlock: boolean): Promise<boolean> {
    const { worker } = this.#puller as Puller;
    const token = `${worker.id}:${this.#tokens++}`;
    this.#fetching++;
    let job: Job<JobData> | undefined;
    try {
      job = await this.engine.call(async () =>
        this.#isStopped ? undefined : worker.getNextJob(token, { block: mayBlock }),
      );
    } catch {
      if (this.engine.isClosed) this.#isStopped = true;
      else await this.engine.pause(this.engine.block);
    } finally {
      this.#fetching--;
    }
    if (job === undefined) return false;
    // The holder may settle at once, and then takes the next task with the answer.
    this.#isDry = false;
    await this.#take(job, token).catch(() => {});
    return true;
  }

  /** Hands out a job, or ends one that its holders have lost too often. */
  async #take(job: Job<JobData>, token: string): Promise<void> {
    if (job.deferredFailure !== undefined && job.deferredFailure !== '') return this.#giveUp(job, token);
    const lease = new BullLease(this, job, token);
    this.#leases.add(lease);
    if (this.#isStopped) await lease.giveBack();
    else this.#onLease(lease);
  }

  async #giveUp(job: Job<JobData>, token: string): Promise<void> {
    const { UnrecoverableError } = this.engine.parts.packages.bullmq;
    await this.engine.call(async () => {
      try {
        await job.moveToFailed(new UnrecoverableError(job.deferredFailure), token, false);
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
    });
  }

  async complete(lease: BullLease, outcome: string): Promise<void> {
    const { job, token } = lease;
    // The slot of this task is free with its end: the next task comes with the answer.
    const isFree = this.#leases.size + this.#fetching <= this.#slots;
    const next = await job.moveToCompleted(outcome, token, isFree && !this.#isDry && !this.#isStopped);
    if (!Array.isArray(next)) return;
    const taken = await this.#puller?.jobIn(next, token);
    this.#leases.delete(lease);
    if (taken === undefined) this.#isDry = true;
    else this.#take(taken, token).catch(() => {});
  }

  async recorded(jobId: string): Promise<string | undefined> {
    const queue = await this.engine.queue(this.#queue);
    const job = (await queue.getJob(jobId)) as Job<JobData> | undefined;
    if (job === undefined || stateOf(await job.getState()) !== 'ended') return undefined;
    return typeof job.returnvalue === 'string' ? job.returnvalue : undefined;
  }

  async renew(leases: readonly BullLease[]): Promise<BullLease[]> {
    const { worker } = this.#puller as { worker: Worker };
    const ids = leases.map(({ job }) => String(job.id));
    const tokens = leases.map(({ token }) => token);
    const lost = new Set(await worker.extendJobLocks(ids, tokens, this.engine.parts.lease));
    return leases.filter(({ job }) => lost.has(String(job.id)));
  }

  ended(lease: BullLease): void {
    this.#leases.delete(lease);
    this.#wake();
  }

  /** Gives a sign of life for each lease, and looks for leases of others that are over. */
  #sign(): void {
    if (this.#isSigning) return;
    this.#isSigning = true;
    this.#signAll()
      .catch(() => {})
      .finally(() => {
        this.#isSigning = false;
      });
  }

  async #signAll(): Promise<void> {
    const leases = [...this.#leases];
    for (let from = 0; from < leases.length; from += RENEWED) {
      const some = leases.slice(from, from + RENEWED).filter((lease) => this.#leases.has(lease));
      for (const lost of await this.engine.call(() => this.renew(some))) lost.lose();
    }
    const lost = await this.engine.call(async () => this.#puller?.worker.getBackend().moveStalledJobsToWait());
    // Redis puts them before all others by itself.
    if (this.engine.parts.address.engine === 'postgres') for (const id of lost ?? []) await this.#putFirst(id);
  }

  /** Puts a job before the others of its rank. */
  async #putFirst(jobId: string): Promise<void> {
    const queue = await this.engine.queue(this.#queue);
    await this.engine.call(async () => {
      const job = (await queue.getJob(jobId)) as Job<JobData> | undefined;
      if (job !== undefined) await queue.getBackend().changePriority(jobId, job.priority, true);
    });
  }

  #change(): Promise<void> {
    return new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}
