import type { Job } from 'bullmq';
import { dateNow, queueMicrotask } from '../../actors/tooling.ts';
import type { Envelope, Flags, Lease } from '../broker.ts';
import { settleSurely } from '../engine/settle.ts';
import type { BullEngine } from './connection/engine.ts';
import { isRefusal } from './connection/outage.ts';
import { envelopeOf, flagsOfHolder, type JobData } from './jobs.ts';

/** The feed, as its leases need it. */
export interface LeaseOwner {
  readonly engine: BullEngine;
  /** Ends the job of a lease. The feed may take the next task with the same call. @throws if the engine refuses or does not answer */
  complete(lease: BullLease, outcome: string): Promise<void>;
  /** Returns the outcome that the engine has for a job, or `undefined`. */
  recorded(jobId: string): Promise<string | undefined>;
  /** Renews leases. Returns those that are lost. */
  renew(leases: readonly BullLease[]): Promise<BullLease[]>;
  /** Hears that a lease has ended. */
  ended(lease: BullLease): void;
}

/** A job that this process has locked. */
export class BullLease implements Lease {
  readonly envelope: Envelope;
  readonly attempt: number;
  readonly job: Job<JobData>;
  readonly token: string;
  readonly #owner: LeaseOwner;
  readonly #listeners: Array<() => void> = [];
  #flags: Flags;
  #isSettling = false;
  #isOver = false;
  #isLost = false;

  constructor(owner: LeaseOwner, job: Job<JobData>, token: string) {
    this.#owner = owner;
    this.job = job;
    this.token = token;
    this.envelope = envelopeOf(job);
    this.attempt = (job.stalledCounter ?? 0) + 1;
    this.#flags = flagsOfHolder(job);
  }

  async isMine(): Promise<boolean> {
    if (this.#isOver) return false;
    const lost = await this.#owner.engine.call(() => this.#owner.renew([this]));
    if (lost.length > 0) this.lose();
    return lost.length === 0;
  }

  async settle(outcome: string): Promise<'accepted' | 'refused'> {
    const { engine } = this.#owner;
    this.#isSettling = true;
    const complete = async () => {
      engine.assertOpen();
      try {
        await this.#owner.complete(this, outcome);
        return 'accepted' as const;
      } catch (error) {
        if (isRefusal(error)) return 'refused' as const;
        throw error;
      }
    };
    const recorded = () => this.#owner.recorded(String(this.job.id));
    try {
      return await settleSurely({ complete, recorded }, outcome, async (ms) => {
        engine.assertOpen();
        await engine.pause(ms);
        engine.assertOpen();
      });
    } finally {
      this.#end();
    }
  }

  async flag(flags: Flags): Promise<void> {
    this.#flags = { ...this.#flags, ...flags };
    const own = this.#flags;
    if (await this.isMine()) await this.#ifHeld(() => this.job.updateProgress(own as object));
  }

  async giveBack(delay?: number): Promise<void> {
    if (this.#isOver) return;
    try {
      await this.#ifHeld(() =>
        delay === undefined ? this.job.moveToWait(this.token) : this.job.moveToDelayed(dateNow() + delay, this.token),
      );
    } finally {
      this.#end();
    }
  }

  onLost(listener: () => void): void {
    if (this.#isLost) queueMicrotask(listener);
    else this.#listeners.push(listener);
  }

  /** Tells that the lease is lost. A lease that is being settled hears it from the engine's answer. */
  lose(): void {
    if (this.#isOver || this.#isSettling) return;
    this.#isLost = true;
    this.#end();
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /** Does something that the engine refuses if the lease is lost. */
  async #ifHeld(what: () => Promise<unknown>): Promise<void> {
    await this.#owner.engine.call(async () => {
      try {
        await what();
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
    });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.ended(this);
  }
}
