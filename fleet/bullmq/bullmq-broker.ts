import type { Job, JobType, Queue } from 'bullmq';
import type {
  Broker,
  BrokerEvent,
  Counts,
  Cursor,
  Ended,
  EndedPage,
  Envelope,
  Feed,
  Flags,
  Found,
  Keep,
  Lease,
  Listener,
  Presence,
  Ranks,
  State,
  WorkOptions,
} from '../broker.ts';
import { checkName, checkRank, checkSlots, checkTasks } from '../engine/checks.ts';
import type { BullEngine } from './connection/engine.ts';
import { jobIdOf } from './connection/names.ts';
import { isRefusal } from './connection/outage.ts';
import { within } from './connection/within.ts';
import { BullFeed } from './feed.ts';
import { BullHints } from './hints.ts';
import { endedOf, envelopeOf, foundOf, type JobData, jobOf, priorityOf, stateOf } from './jobs.ts';

/** The most jobs of one call. */
const CHUNK = 500;

/** The places of tasks that wait, in the order in which they are leased: those that holders lost come first. */
const WAITING: readonly JobType[] = ['waiting', 'prioritized'];

/** A broker on BullMQ, over Redis or Postgres. */
export class BullmqBroker implements Broker {
  readonly #engine: BullEngine;
  readonly #hints: BullHints;
  readonly #feeds = new Set<BullFeed>();

  constructor(engine: BullEngine) {
    this.#engine = engine;
    this.#hints = new BullHints(engine);
  }

  get lease(): number {
    return this.#engine.parts.lease;
  }

  async add(queue: string, tasks: readonly Envelope[], keep?: Keep): Promise<void> {
    checkName('queue', queue);
    checkTasks(tasks);
    for (let from = 0; from < tasks.length; from += CHUNK) {
      const some = tasks.slice(from, from + CHUNK).map((task) => jobOf(task, keep));
      await this.#in(queue, (bull) => bull.addBulk(some));
    }
  }

  work(queue: string, options: WorkOptions, onLease: (lease: Lease) => void): Feed {
    checkName('queue', queue);
    checkSlots(options.slots);
    this.#engine.assertOpen();
    const feed: BullFeed = new BullFeed(this.#engine, queue, options, onLease, () => this.#feeds.delete(feed));
    this.#feeds.add(feed);
    return feed;
  }

  async remove(queue: string, id: string): Promise<boolean> {
    return this.#in(queue, async (bull) => {
      const jobId = jobIdOf(id);
      const state = stateOf(await bull.getJobState(jobId));
      if (state !== 'waiting' && state !== 'parked') return false;
      return (await bull.remove(jobId)) === 1;
    });
  }

  async flag(queue: string, id: string, flags: Flags): Promise<boolean> {
    return this.#in(queue, async (bull) => {
      const job: Job<JobData> | undefined = await bull.getJob(jobIdOf(id));
      if (job === undefined || stateOf(await job.getState()) === 'ended') return false;
      try {
        await job.updateData({ ...job.data, f: { ...job.data.f, ...flags } });
        return true;
      } catch (error) {
        if (isRefusal(error)) return false;
        throw error;
      }
    });
  }

  async rank(queue: string, ranks: Ranks): Promise<number> {
    for (const rank of ranks.values()) checkRank(rank);
    const changes = [...ranks];
    let changed = 0;
    for (let from = 0; from < changes.length; from += CHUNK) {
      const some = changes.slice(from, from + CHUNK);
      // One after another, so that equal ranks keep the order in which they are given.
      changed += await this.#in(queue, async (bull) => {
        const results = await Promise.all(some.map(([id, rank]) => rerank(bull, jobIdOf(id), rank)));
        return results.filter(Boolean).length;
      });
    }
    return changed;
  }

  async list(
    queue: string,
    state: Exclude<State, 'ended'>,
    from = 0,
    to = Number.MAX_SAFE_INTEGER,
  ): Promise<Envelope[]> {
    const places: readonly JobType[] = state === 'waiting' ? WAITING : [state === 'active' ? 'active' : 'delayed'];
    return this.#in(queue, async (bull) => {
      const found: Envelope[] = [];
      let before = 0;
      for (const place of places) {
        const count = await bull.getJobCountByTypes(place);
        const first = Math.max(0, from - before);
        const last = Math.min(count, to - before) - 1;
        before += count;
        for (let at = first; at <= last; at += CHUNK) {
          const jobs = await bull.getJobs([place], at, Math.min(last, at + CHUNK - 1), true);
          found.push(...(jobs as Array<Job<JobData> | undefined>).filter((job) => job !== undefined).map(envelopeOf));
        }
      }
      return found;
    });
  }

  async find(queue: string, ids: readonly string[]): Promise<Array<Found | undefined>> {
    const found: Array<Found | undefined> = [];
    for (let from = 0; from < ids.length; from += CHUNK) {
      const some = ids.slice(from, from + CHUNK);
      found.push(...(await this.#in(queue, (bull) => Promise.all(some.map((id) => lookUp(bull, jobIdOf(id)))))));
    }
    return found;
  }

  async ended(queue: string, before?: Cursor): Promise<EndedPage> {
    const from = before === undefined ? 0 : Number(before.cursor);
    return this.#in(queue, async (bull) => {
      const pages = await Promise.all(
        (['completed', 'failed'] as const).map((place) => bull.getJobs([place], from, from + CHUNK - 1, false)),
      );
      const jobs = pages.flat().filter((job) => job !== undefined) as Array<Job<JobData>>;
      jobs.sort((a, b) => (b.finishedOn ?? 0) - (a.finishedOn ?? 0));
      const ended: Ended[] = jobs.map(endedOf);
      const isLast = pages.every((page) => page.length < CHUNK);
      return isLast ? { ended } : { ended, next: { cursor: String(from + CHUNK) } };
    });
  }

  async counts(queue: string): Promise<Counts> {
    return this.#in(queue, async (bull) => {
      const [count, isHeld] = await Promise.all([
        bull.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed'),
        bull.isPaused(),
      ]);
      const sum = (...places: JobType[]) => places.reduce((all, place) => all + (count[place] ?? 0), 0);
      return {
        waiting: sum('waiting', 'prioritized'),
        active: sum('active'),
        parked: sum('delayed'),
        ended: sum('completed', 'failed'),
        isHeld,
      };
    });
  }

  async hold(queue: string, isHeld: boolean): Promise<void> {
    await this.#in(queue, (bull) => (isHeld ? bull.pause() : bull.resume()));
  }

  async promote(queue: string): Promise<number> {
    return this.#in(queue, async (bull) => {
      let count = 0;
      for (const job of (await bull.getJobs(['delayed'], 0, -1, true)) as Array<Job<JobData> | undefined>) {
        if (job === undefined) continue;
        try {
          await job.promote();
          // Promoted jobs would go before all others on Redis.
          await job.changePriority({ priority: priorityOf(envelopeOf(job).rank) });
          count++;
        } catch (error) {
          if (!isRefusal(error)) throw error;
        }
      }
      return count;
    });
  }

  async destroy(queue: string): Promise<void> {
    await this.#in(queue, async (bull) => {
      await bull.obliterate({ force: true });
      await bull.resume();
    });
  }

  async publish(topic: string, data: unknown): Promise<void> {
    checkName('topic', topic);
    await this.#hints.publish(topic, data);
  }

  async subscribe(topic: string, listener: Listener): Promise<() => Promise<void>> {
    checkName('topic', topic);
    return this.#hints.subscribe(topic, listener);
  }

  async enter(id: string): Promise<Presence> {
    checkName('presence', id);
    return this.#hints.enter(id);
  }

  living(): Promise<readonly string[]> {
    return this.#hints.living();
  }

  on(event: BrokerEvent, listener: () => void): () => void {
    return this.#engine.on(event, listener);
  }

  async close(): Promise<void> {
    if (this.#engine.isClosed) return;
    const ends = Promise.allSettled([...[...this.#feeds].map((feed) => feed.end()), this.#hints.close()]);
    // An engine that is away is not waited for: its leases run out.
    await within(this.#engine.parts.answer, ends).catch(() => {});
    await this.#engine.close();
  }

  async #in<T>(name: string, what: (bull: Queue) => Promise<T>): Promise<T> {
    checkName('queue', name);
    const bull = await this.#engine.queue(name);
    return this.#engine.call(() => what(bull));
  }
}

/** Changes the rank of a task that waits. Returns whether it does. */
async function rerank(bull: Queue, jobId: string, rank: number): Promise<boolean> {
  try {
    if (stateOf(await bull.getJobState(jobId)) !== 'waiting') return false;
    await bull.getBackend().changePriority(jobId, priorityOf(rank), false);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

async function lookUp(bull: Queue, jobId: string): Promise<Found | undefined> {
  const job: Job<JobData> | undefined = await bull.getJob(jobId);
  if (job === undefined) return undefined;
  const state = stateOf(await job.getState());
  if (state === undefined) return undefined;
  // It may have ended between the two answers: then the job in hand has no outcome.
  const last = state === 'ended' && job.finishedOn === undefined ? await bull.getJob(jobId) : job;
  return last === undefined ? undefined : foundOf(last, state);
}
