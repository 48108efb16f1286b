import { delay, putBack } from '../../machines/rules/take.ts';
import type { Effect } from '../../machines/state/effects.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { AttemptError } from '../errors/errors.ts';
import { backoffOf, delayAfter } from '../options/backoff.ts';
import { random } from '../platform/platform.ts';
import type { TaskEntry } from './task-entry.ts';

/** Returns whether a task that has just failed has another attempt. */
export function hasAttempts(core: PoolCore, entry: TaskEntry): boolean {
  const most = entry.options?.attempts ?? core.options.attempts;
  const { phase, degraded } = core.state;
  return entry.failed + 1 < most && phase !== 'destroying' && degraded === undefined;
}

/**
 * Counts a failed attempt at a task that has another one; returns the wait before that, in ms. `undefined`: the task may
 * be queued at once.
 */
export function countAttempt(core: PoolCore, entry: TaskEntry, error: AttemptError): number | undefined {
  entry.failed++;
  entry.failures = [...(entry.failures ?? []), error];
  core.counts.retried++;
  core.limits?.runs.clear(entry);
  const { backoff } = entry.options ?? {};
  const ms = delayAfter(
    entry.failed,
    backoff === undefined ? core.options.backoff : backoffOf('backoff', backoff),
    random(),
  );
  // The journal must hold the count before the next attempt begins.
  return ms > 0 || entry.record !== undefined ? ms : undefined;
}

/** Queues a task again whose `perform` threw: at once, or after its backoff. */
export function tryAgain(core: PoolCore, entry: TaskEntry, error: AttemptError): void {
  const ms = countAttempt(core, entry, error);
  const effects: Effect[] = [];
  if (ms === undefined) putBack(core.state, entry);
  else delay(core.state, entry, ms, effects);
  core.carryOut(effects);
  core.announce();
}

/** Lets a delayed task wait until its failed attempt is in the journal, and for its backoff after that. */
export function waitForAttempt(core: PoolCore, entry: TaskEntry, ms: number): void {
  const again = () => core.send({ type: 'due', entry });
  const wait = () => (ms > 0 ? void core.timers.after(ms, again, 'pool') : again());
  if (entry.record === undefined || core.journal === undefined) return wait();
  // A count that cannot be written is worth one more attempt after a crash, not the task.
  core.journal.fail(entry.record, wait);
}
