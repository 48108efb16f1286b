import { availableParallelism } from 'node:os';
import type { WorkerPlace } from '../../kinds/kind.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import type { Accept } from '../../machines/queue/queue.ts';
import { TaskQueue } from '../../machines/queue/task-queue.ts';
import { matchingOf } from '../../machines/state/matching.ts';
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
  const { tokens } = options;
  return createPoolState({
    kind: kind.name,
    size: options.size,
    minSize: options.minSize,
    rules: rulesOf(kind, faults, linkOf, onDeath),
    queue: new TaskQueue({
      accept: acceptOf(kind, faults),
      prefer: preferenceOf(kind, faults),
      keys: matchingOf(kind).keys,
    }),
    faults,
    restart: options.restart,
    patience: options.makeRoom.patience,
    processors: availableParallelism(),
    isContended: tokens === undefined ? undefined : () => tokens.isContended,
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
    concurrency: kind.concurrency ?? 1,
    isIdempotent: kind.idempotent ?? false,
    begunOf: (seat) => linkOf(seat)?.prefetch?.begun,
    recall: (seat, least) => linkOf(seat)?.prefetch?.recall(least),
    matching: matchingOf(kind),
    requestOf({ status }, entry, worker) {
      try {
        // Another hook has just cancelled the task.
        if (cancellationOf(entry as TaskEntry) !== undefined) return undefined;
        const { task } = entry;
        const { messages } = entry as TaskEntry;
        if (messages !== undefined) messages.areSent = false;
        const request = (entry as TaskEntry).runInAsyncScope(kind.requestOfTask, kind, status, task, worker);
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
  const isByKey = kind.affinity !== undefined && kind.affinityMode !== 'prefer';
  if (kind.taskMatch === undefined && !isByKey) return undefined;
  const matches = asked(kind, 'taskMatch', faults);
  return (cursor, entry) => {
    if (isByKey && cursor.status.type === 'old' && entry.key !== undefined && entry.key !== cursor.key) return false;
    return matches(cursor, entry);
  };
}

function preferenceOf(kind: AnyKind, faults: Fault[]): Accept | undefined {
  return kind.prefers === undefined ? undefined : asked(kind, 'prefers', faults);
}

/** Returns a function that asks a hook of the kind about a task. A task on which the hook throws is at fault. */
function asked(kind: AnyKind, hook: 'taskMatch' | 'prefers', faults: Fault[]): Accept {
  const ask = ({ status, worker }: MatchCursor, task: unknown): boolean => {
    const answer = kind[hook]?.(status, task, worker as WorkerPlace) ?? true;
    refusePromise(kind, hook, answer);
    return answer;
  };
  return (cursor, entry) => {
    try {
      return ask(cursor, entry.task);
    } catch (error) {
      if (!faults.some((fault) => fault.entry === entry)) faults.push({ entry, hook, error });
      return false;
    }
  };
}
