import type { WorkerStatus } from '../../kinds/kind.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import { type Accept, TaskQueue } from '../../machines/queue/queue.ts';
import { createPoolState, FAULTY, type Fault, type PoolState, type Rules } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { WorkerHandle } from '../core/pool-core.ts';
import { type AnyKind, refusePromise } from '../kind-module/check-kind.ts';
import type { FullOptions } from '../options/pool-options.ts';
import { cancellationOf, type TaskEntry } from '../tasks/task-entry.ts';

/** Makes the state of the rules for a pool of this kind. */
export function createState(
  kind: AnyKind,
  options: FullOptions,
  linkOf: (seat: Seat) => WorkerHandle | undefined,
  onDeath: Rules['onDeath'],
): PoolState {
  const faults: Fault[] = [];
  return createPoolState({
    kind: kind.name,
    size: options.size,
    minSize: options.minSize,
    rules: rulesOf(kind, faults, linkOf, onDeath),
    queue: new TaskQueue(acceptOf(kind, faults), kind.affinity !== undefined),
    faults,
    restart: options.restart,
  });
}

function rulesOf(
  kind: AnyKind,
  faults: Fault[],
  linkOf: (seat: Seat) => WorkerHandle | undefined,
  onDeath: Rules['onDeath'],
): Rules {
  return {
    onDeath,
    window: kind.window ?? 1,
    isIdempotent: kind.idempotent ?? false,
    begunOf: (seat) => linkOf(seat)?.prefetch?.begun,
    recall: (seat, least) => linkOf(seat)?.prefetch?.recall(least),
    requestOf(cursor, entry) {
      try {
        // Another hook has just cancelled the task.
        if (cancellationOf(entry as TaskEntry) !== undefined) return undefined;
        const { task } = entry;
        const request = (entry as TaskEntry).runInAsyncScope(kind.requestOfTask, kind, cursor.status, task);
        refusePromise(kind, 'requestOfTask', request);
        return request;
      } catch (error) {
        faults.push({ entry, hook: 'requestOfTask', error });
        return FAULTY;
      }
    },
    reasonToStop: (entry) => cancellationOf(entry as TaskEntry),
    keyOf(competence) {
      try {
        return kind.affinityOfCompetence?.(competence);
      } catch {
        // The error has already failed the task whose verdict gave this competence.
        return undefined;
      }
    },
  };
}

function acceptOf(kind: AnyKind, faults: Fault[]): Accept | undefined {
  if (kind.taskMatch === undefined && kind.affinity === undefined) return undefined;
  const match = (status: WorkerStatus, task: unknown): boolean => {
    const isMatch = kind.taskMatch?.(status, task) ?? true;
    refusePromise(kind, 'taskMatch', isMatch);
    return isMatch;
  };
  return (cursor: MatchCursor, entry) => {
    if (cursor.status.type === 'old' && entry.key !== undefined && entry.key !== cursor.key) return false;
    try {
      return match(cursor.status, entry.task);
    } catch (error) {
      if (!faults.some((fault) => fault.entry === entry)) faults.push({ entry, hook: 'taskMatch', error });
      return false;
    }
  };
}
