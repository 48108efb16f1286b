import type { Stage } from './round.ts';

/** One thing that can happen to a pool from outside. */
interface Disturbance {
  readonly name: string;
  /** How often it comes, relative to the others. */
  readonly weight: number;
  /** Whether it is a fault, and not only something that a program may ask for. */
  readonly isFault: boolean;
  /** Does it; false where it cannot be done just now. */
  do(stage: Stage): boolean;
}

const disturbances: readonly Disturbance[] = [
  { name: 'kill -9', weight: 8, isFault: true, do: (stage) => signal(stage, 'SIGKILL') },
  { name: 'SIGSTOP', weight: 2, isFault: true, do: (stage) => stage.hasHeartbeat && signal(stage, 'SIGSTOP') },
  { name: 'cancelWorker', weight: 8, isFault: true, do: cancelWorker },
  { name: 'cancelAll', weight: 1, isFault: true, do: ({ pool }) => done(pool.cancelAll()) },
  { name: 'resize', weight: 3, isFault: false, do: resize },
  { name: 'pause', weight: 3, isFault: false, do: pause },
  { name: 'broadcast', weight: 2, isFault: false, do: ({ pool }) => done(pool.broadcast()) },
  { name: 'setOrder', weight: 2, isFault: false, do: setOrder },
  { name: 'snapshot', weight: 1, isFault: false, do: snapshot },
];

const total = disturbances.reduce((sum, { weight }) => sum + weight, 0);

/** Lets one thing happen to the pool, whatever state it is in. */
export function disturb(stage: Stage): void {
  let left = stage.chance(total);
  const chosen = disturbances.find(({ weight }) => {
    left -= weight;
    return left < 0;
  }) as Disturbance;
  if (chosen.do(stage) && chosen.isFault) stage.ledger.addFault(chosen.name);
}

function done(_: void): boolean {
  return true;
}

/** Starting workers too: a death before the handshake is a failed start. */
function signal({ pool, machine, chance }: Stage, name: 'SIGKILL' | 'SIGSTOP'): boolean {
  const pids = pool.workers.flatMap(({ pid, state }) => (pid === undefined || state === 'dead' ? [] : [pid]));
  const pid = pids[chance(Math.max(1, pids.length))];
  return pid !== undefined && machine.isWorker(pid) && process.kill(pid, name);
}

function cancelWorker({ pool, chance }: Stage): boolean {
  const { workers } = pool;
  return pool.cancelWorker(workers[chance(Math.max(1, workers.length))]?.id ?? '');
}

/** To none at all, too; and back again. */
function resize(stage: Stage): boolean {
  const { pool, size, chance } = stage;
  pool.resize(chance(size + 1));
  stage.later(20 + chance(150), () => pool.resize(size));
  return true;
}

function pause(stage: Stage): boolean {
  stage.pool.pause();
  stage.later(stage.chance(80), () => stage.pool.resume());
  return true;
}

function setOrder(stage: Stage): boolean {
  stage.pool.setOrder((left, right) => left.value - right.value);
  stage.later(stage.chance(300), () => stage.pool.setOrder());
  return true;
}

function snapshot({ pool, ledger }: Stage): boolean {
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
