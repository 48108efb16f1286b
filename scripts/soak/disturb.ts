import type { Group } from './chores.ts';
import { groupSignals } from './ledger.ts';
import type { Resource } from './limits.ts';
import { acts } from './mischief.ts';
import { hooks, type PoolUnderLoad } from './soak-pool.ts';

/** The name of the fault that kills a worker by a feedback. */
export const DEADLY = 'a deadly feedback';
/** The bounds of a shortage: it leaves from nothing to half of the needs of a start. */
const LEFT = { files: 14, processes: 16 };
/** The most planned acts in hooks for one disturbance. */
const PLANS = 6;

/** A disturbance of a pool from outside. */
interface Disturbance {
  readonly name: string;
  /** The group of faults to which it belongs. @default none: never left out */
  readonly group?: Group;
  /** The frequency, relative to the other disturbances. */
  readonly weight: number;
  /** Counts as a fault. False for a normal request of a program. */
  readonly isFault: boolean;
  /** Does it; returns false if it is impossible now. */
  do(load: PoolUnderLoad): boolean;
}

const disturbances: readonly Disturbance[] = [
  { name: 'kill -9', weight: 8, isFault: true, do: (load) => signal(load, 'SIGKILL') },
  { name: 'SIGSTOP', weight: 2, isFault: true, do: (load) => load.hasHeartbeat && signal(load, 'SIGSTOP') },
  { name: 'cancelWorker', weight: 8, isFault: true, do: cancelWorker },
  { name: 'cancelAll', weight: 1, isFault: true, do: ({ pool }) => done(pool.cancelAll()) },
  { name: 'resize', weight: 3, isFault: false, do: resize },
  { name: 'pause', weight: 3, isFault: false, do: pause },
  { name: 'broadcast', weight: 2, isFault: false, do: ({ pool }) => done(pool.broadcast()) },
  { name: 'setOrder', weight: 2, isFault: false, do: setOrder },
  { name: 'snapshot', weight: 1, isFault: false, do: snapshot },
  ...groupSignals.map((name) => ({
    name: `${name} to the group`,
    group: 'signals' as const,
    weight: 1,
    isFault: true,
    // This process is in the group too. Its listeners ignore the signal.
    do: () => process.kill(0, name),
  })),
  { name: 'no files', group: 'files', weight: 3, isFault: true, do: (load) => starve(load, 'files') },
  { name: 'no processes', group: 'processes', weight: 3, isFault: true, do: (load) => starve(load, 'processes') },
  { name: 'feedback to all', group: 'feedback', weight: 2, isFault: false, do: forwardFeedback },
  { name: DEADLY, group: 'feedback', weight: 2, isFault: true, do: forwardDeadly },
  { name: 'hooks', group: 'hooks', weight: 14, isFault: false, do: plan },
];

/** Does one random disturbance to the pool, in any state of the pool. */
export function disturb(load: PoolUnderLoad): void {
  const { faults, chance, ledger } = load;
  const possible = disturbances.filter(({ group }) => group === undefined || faults.has(group));
  let left = chance(possible.reduce((sum, { weight }) => sum + weight, 0));
  const chosen = possible.find(({ weight }) => {
    left -= weight;
    return left < 0;
  }) as Disturbance;
  if (chosen.do(load) && chosen.isFault) ledger.addFault(chosen.name);
}

function done(_: void): boolean {
  return true;
}

/** Signals starting workers too: a death before the handshake is a failed start. */
function signal({ pool, machine, chance }: PoolUnderLoad, name: 'SIGKILL' | 'SIGSTOP'): boolean {
  const pids = pool.workers.flatMap(({ pid, state }) => (pid === undefined || state === 'dead' ? [] : [pid]));
  const pid = pids[chance(Math.max(1, pids.length))];
  return pid !== undefined && machine.isWorker(pid) && process.kill(pid, name);
}

function cancelWorker({ pool, chance }: PoolUnderLoad): boolean {
  const { workers } = pool;
  return pool.cancelWorker(workers[chance(Math.max(1, workers.length))]?.id ?? '');
}

/** Starves the system of a resource, and ends some workers meanwhile: no worker can replace them. */
function starve(load: PoolUnderLoad, resource: Resource): boolean {
  const { limits, machine, chance, later } = load;
  const left = chance(2) * chance(LEFT[resource]);
  const ms = 100 + chance(500);
  const over = new Promise<void>((resolve) => later(ms, resolve));
  if (limits?.tighten(resource, left, over, () => machine.workers) !== true) return false;
  for (let i = 1 + chance(3); i > 0; i--) later(chance(ms), () => void cancelWorker(load));
  return true;
}

/** Sends feedback to all workers, including those that start later. */
function forwardFeedback({ pool, chance }: PoolUnderLoad): boolean {
  pool.forwardFeedback({ id: 0, note: chance(1000) });
  return true;
}

/** Sends a feedback to every worker; one worker throws on it. */
function forwardDeadly({ pool, chance }: PoolUnderLoad): boolean {
  const aims = pool.workers.flatMap(({ state, threadId, pid }) => (state === 'dead' ? [] : [threadId ?? pid ?? 0]));
  const aim = aims[chance(Math.max(1, aims.length))];
  if (aim === undefined) return false;
  pool.forwardFeedback({ id: 0, note: chance(2 ** 30), aim });
  return true;
}

/** Plans acts for the next calls of some hooks. */
function plan({ mischief, chance }: PoolUnderLoad): boolean {
  for (let i = 1 + chance(PLANS); i > 0; i--) {
    const hook = hooks[chance(hooks.length)];
    const act = acts[chance(acts.length)];
    if (hook !== undefined && act !== undefined) mischief.plan(hook, act);
  }
  return true;
}

/** Resizes the pool, possibly to 0, and back again. */
function resize(load: PoolUnderLoad): boolean {
  const { pool, size, chance } = load;
  pool.resize(chance(size + 1));
  load.later(20 + chance(150), () => pool.resize(size));
  return true;
}

function pause(load: PoolUnderLoad): boolean {
  load.pool.pause();
  load.later(load.chance(80), () => load.pool.resume());
  return true;
}

function setOrder(load: PoolUnderLoad): boolean {
  load.pool.setOrder((left, right) => left.value - right.value);
  load.later(load.chance(300), () => load.pool.setOrder());
  return true;
}

function snapshot({ pool, ledger }: PoolUnderLoad): boolean {
  void pool.snapshot().then(
    (tasks) => {
      const ids = new Set(tasks.map(({ id }) => id));
      if (ids.size !== tasks.length) ledger.violate('a snapshot of the queue has a task twice');
    },
    (error: unknown) => {
      if ((error as { code?: unknown }).code !== 'CLOSED') ledger.violate(`a snapshot failed: ${String(error)}`);
    },
  );
  return true;
}
