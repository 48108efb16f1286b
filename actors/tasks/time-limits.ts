import type { Entry } from '../../machines/queue/entry.ts';
import type { PoolCore, TimeLimits } from '../core/pool-core.ts';
import { TaskTimeoutError } from '../errors/errors.ts';
import { nameTask } from '../observing/task-name.ts';
import { Deadlines } from '../platform/deadlines.ts';
import type { TaskEntry } from './task-entry.ts';

/** The time limits of a pool's tasks. */
class Limits implements TimeLimits {
  /** The limits on the wait of tasks until a worker begins them. */
  readonly waits: Deadlines<Entry>;
  /** The limits on the run of tasks until they have settled. */
  readonly runs: Deadlines<Entry>;

  constructor(core: PoolCore) {
    const cancelFor = (code: 'TIMEOUT_QUEUE' | 'TIMEOUT_RUN') => (entry: Entry, ms: number) => {
      const reason = new TaskTimeoutError(code, nameTask(core.kind, entry.task), ms);
      core.send({ type: 'cancelTask', entry, reason, grace: core.options.killGrace > 0 });
    };
    this.waits = new Deadlines(core.timers, cancelFor('TIMEOUT_QUEUE'));
    const cancelRun = cancelFor('TIMEOUT_RUN');
    // A task that is back in the queue after a death has its whole time again when a worker begins it again.
    this.runs = new Deadlines(core.timers, (entry, ms) => entry.place === 'held' && cancelRun(entry, ms));
  }

  /** Removes the limits of a settled task. */
  forget(entry: Entry): void {
    this.waits.clear(entry);
    this.runs.clear(entry);
  }

  /** Removes all limits. */
  end(): void {
    this.waits.end();
    this.runs.end();
  }
}

/** Limits the wait of a task that has entered the queue. */
export function limitWait(core: PoolCore, entry: TaskEntry): void {
  const ms = entry.options?.queueTimeout ?? core.options.queueTimeout;
  if (ms !== Number.POSITIVE_INFINITY) limitsOf(core).waits.set(entry, ms);
}

/** Limits the run of a task that a worker begins now. */
export function limitRun(core: PoolCore, entry: TaskEntry): void {
  const ms = entry.options?.timeout ?? core.options.timeout;
  if (core.limits === undefined && ms === Number.POSITIVE_INFINITY) return;
  const { waits, runs } = limitsOf(core);
  waits.clear(entry);
  runs.clear(entry);
  if (ms !== Number.POSITIVE_INFINITY) runs.set(entry, ms);
}

function limitsOf(core: PoolCore): TimeLimits {
  core.limits ??= new Limits(core);
  return core.limits;
}
