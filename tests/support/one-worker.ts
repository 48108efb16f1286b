import type { CompetenceOf, EndReason, FeedbackOf, Kind, KindTypes, ResultOf, WorkerStatus } from '../../kinds/kind.ts';
import { FIRST } from '../../machines/kind-chart/chart-row.ts';

/** A pool of one worker without a process: it makes the contract's calls in order, and nothing else. */
export class OneWorker<X extends KindTypes> {
  readonly #kind: Kind<X>;
  readonly #queue: { task: X['task']; resolve?(result: ResultOf<X>): void; reject?(error: Error): void }[] = [];
  #status: WorkerStatus<CompetenceOf<X>> = { type: 'fresh' };
  #busy = false;
  /** The number of workers so far. */
  born = 1;

  constructor(kind: Kind<X>) {
    this.#kind = kind;
  }

  run(task: X['task']): Promise<ResultOf<X>> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      void this.#work();
    });
  }

  cancelAll(): void {
    const reason = Object.assign(new Error('cancelled'), { code: 'CANCELLED' }) as EndReason;
    for (const { task, reject } of this.#queue.splice(0)) {
      this.#kind.onTaskCancellationOrExpirationOrWorkerDeath?.(task, reason);
      reject?.(reason);
    }
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#take(); next; next = this.#take()) {
      const { task, resolve, reject } = next;
      const verdict = await this.#perform(task);
      for (const follower of verdict.tasks ?? []) this.#queue.push({ task: follower });
      if (verdict.error) reject?.(verdict.error);
      else resolve?.(verdict.result as ResultOf<X>);
      if (verdict.type === 'stay') this.#status = { type: 'old', competence: verdict.competence };
      else this.#renew();
    }
    this.#busy = false;
  }

  #take() {
    const find = () => this.#queue.findIndex(({ task }) => this.#kind.taskMatch?.(this.#status, task, FIRST) ?? true);
    let at = find();
    if (at < 0 && this.#queue.length > 0) {
      // Follows the pool's rule of making room: a fresh worker takes a task that no old worker takes.
      this.#renew();
      at = find();
    }
    return at < 0 ? undefined : this.#queue.splice(at, 1)[0];
  }

  #renew(): void {
    this.#status = { type: 'fresh' };
    this.born++;
  }

  async #perform(task: X['task']) {
    const status = this.#status;
    const kind = this.#kind;
    const request = kind.requestOfTask(status, task, FIRST);
    if (request === undefined) throw new Error('no task of these tests expires');
    try {
      const response = await kind.perform(request, {
        signal: new AbortController().signal,
        workerId: `${kind.name}:0:${this.born}`,
        workerData: undefined,
        transfer() {},
        messages: (async function* () {})(),
        feedback: (feedback: FeedbackOf<X>) => kind.forwardFeedback?.(feedback, task),
      });
      return (
        kind.useResponse?.(status, task, response) ??
        ({ type: 'stay', competence: undefined as CompetenceOf<X>, result: response as ResultOf<X> } as const)
      );
    } catch (error) {
      return kind.onPerformError?.(status, task, error as Error) ?? ({ type: 'end', error: error as Error } as const);
    }
  }
}
