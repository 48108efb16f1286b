import type { WorkerStatus } from '../kinds/kind.ts';
import type { Look } from '../machines/look.ts';
import { createPoolState, FAULTY, type Fault, type PoolState, type Rules } from '../machines/pool-state.ts';
import { type Accept, TaskQueue } from '../machines/queue.ts';
import type { Seat } from '../machines/seat.ts';
import type { AnyKind } from './any-kind.ts';
import type { WorkerHandle } from './core.ts';
import type { FullOptions } from './options.ts';

/** The rules' state of a pool of this kind. */
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
    begunOf: (seat) => linkOf(seat)?.ahead?.begun,
    recall: (seat, least) => linkOf(seat)?.ahead?.recall(least),
    requestOf(look, entry) {
      try {
        return kind.requestOfTask(look.status, entry.task);
      } catch (error) {
        faults.push({ entry, hook: 'requestOfTask', error });
        return FAULTY;
      }
    },
    keyOf(competence) {
      try {
        return kind.affinityOfCompetence?.(competence);
      } catch {
        // The verdict that gave this competence has failed its task for it already.
        return undefined;
      }
    },
  };
}

function acceptOf(kind: AnyKind, faults: Fault[]): Accept | undefined {
  if (kind.taskMatch === undefined && kind.affinity === undefined) return undefined;
  const match = (status: WorkerStatus, task: unknown) => kind.taskMatch?.(status, task) ?? true;
  return (look: Look, entry) => {
    if (look.status.type === 'old' && entry.key !== undefined && entry.key !== look.key) return false;
    try {
      return match(look.status, entry.task);
    } catch (error) {
      if (!faults.some((fault) => fault.entry === entry)) faults.push({ entry, hook: 'taskMatch', error });
      return false;
    }
  };
}
