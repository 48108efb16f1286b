import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type JobsOptions, Queue, QueueEvents } from 'bullmq';
import type { TestEngine } from '../../../tests/support/engines/engine.ts';
import { type Begin, beginsIn, killed } from '../ground.ts';

const program = fileURLToPath(new URL('./plain-worker.js', import.meta.url));

/** A queue of BullMQ on Redis without the fleet, and its workers, each in a process of its own. */
export class Plain {
  readonly queue: Queue;
  readonly log: string;
  readonly #engine: TestEngine;
  readonly #name: string;
  readonly #children: ChildProcess[] = [];
  readonly #events: QueueEvents[] = [];

  constructor(engine: TestEngine, name: string, log: string) {
    this.#engine = engine;
    this.#name = name;
    this.log = log;
    this.queue = new Queue(name, { connection: this.#connection });
    this.queue.on('error', () => {});
  }

  /** Starts a worker. Resolves when it is ready. `isPatient`: with the default times. `port`: that of the engine. */
  async worker(isPatient = false, port = this.#engine.port): Promise<ChildProcess> {
    const child = fork(program, [this.#name, String(port), this.log, isPatient ? 'yes' : 'no'], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#children.push(child);
    await once(child, 'message');
    return child;
  }

  /** Adds a job. */
  async add(id: string, data: object, options: JobsOptions = {}): Promise<void> {
    await this.queue.add('job', data, { jobId: id, ...options });
  }

  /** Listens to ends of jobs. */
  async events(): Promise<QueueEvents> {
    const events = new QueueEvents(this.#name, { connection: this.#connection });
    events.on('error', () => {});
    this.#events.push(events);
    await events.waitUntilReady();
    return events;
  }

  begins(): Begin[] {
    return beginsIn(this.log);
  }

  /** Returns where a job stands, and why it failed. */
  async state(id: string): Promise<string> {
    const job = await this.queue.getJob(id);
    const why = job?.failedReason ? `: ${job.failedReason}` : '';
    return `${await this.queue.getJobState(id)}${why}`;
  }

  async end(): Promise<void> {
    for (const child of this.#children) await killed(child);
    await Promise.allSettled([...this.#events, this.queue].map((each) => each.close()));
  }

  get #connection() {
    return { host: '127.0.0.1', port: this.#engine.port };
  }
}
