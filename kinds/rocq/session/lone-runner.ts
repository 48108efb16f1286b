import type { WorkerStatus } from '../../kind.ts';
import { RocqError } from '../engine/errors.ts';
import { requestOf } from '../proving/requests.ts';
import type { RocqRunner } from '../proving/run-task.ts';
import type { RocqCompetence, RocqResult, RocqTask } from '../proving/tasks.ts';
import { useRocqResponse } from '../proving/verdicts.ts';
import { RocqSession } from './session.ts';

/** Runs tasks one after another on one engine of this process, by the rules of the kind: a small file needs no pool. */
export class LoneRunner implements RocqRunner {
  readonly #signal = new AbortController().signal;
  #session = new RocqSession();
  #status: WorkerStatus<RocqCompetence> = { type: 'fresh' };
  #before: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** Runs a task when all earlier ones have ended. Rejects as `pool.run`, and after `close`. */
  run(task: RocqTask): Promise<RocqResult> {
    const result = this.#before.then(() => this.#run(task));
    this.#before = result.catch(() => {});
    return result;
  }

  /** Ends the engine, also in the middle of a task. */
  close(): void {
    this.#isClosed = true;
    this.#end();
  }

  async #run(task: RocqTask): Promise<RocqResult> {
    if (this.#isClosed) throw new RocqError('ROCQ_STOPPED', 'the check was stopped');
    const request = requestOf(this.#status, task);
    if (!request) throw Object.assign(new Error('its segment cannot be reached'), { code: 'EXPIRED' });
    const response = await this.#session.perform(request, this.#signal).catch((error: unknown) => {
      this.#end();
      throw error;
    });
    const verdict = useRocqResponse(this.#status, task, response);
    if (verdict.type === 'end') this.#end();
    else this.#status = { type: 'old', competence: verdict.competence };
    if (verdict.error) throw verdict.error;
    return verdict.result as RocqResult;
  }

  #end(): void {
    this.#session.dispose();
    this.#session = new RocqSession();
    this.#status = { type: 'fresh' };
  }
}
