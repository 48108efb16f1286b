import { processHost } from '../../hosts/process.ts';
import { threadHost } from '../../hosts/thread.ts';
import type { AnyKind } from '../../kind-module/check-kind.ts';
import { taskChannels } from '../../observing/task-trace.ts';
import { workerChannels } from '../../observing/worker-channels.ts';
import { inNeutralContext } from '../../platform/async-context.ts';
import { setImmediate } from '../../platform/platform.ts';
import type { Life } from '../pool-life.ts';
import { PlayedPool } from './played-pool.ts';

/** The number of tasks after which a pool of threads rehearses bursts: from then on V8 notes which paths they take. */
const USED = 128;

/** The number of bursts in their rehearsal, and of tasks in each. With 8 bursts there is no gain that can be measured. */
const BURSTS = 30;
const BURST = 3;

/** Are true once the rehearsal has begun. */
let isStartDone = false;
let areBurstsDone = false;

/**
 * Rehearses the work of a pool with played workers: its start and end for processes, bursts of tasks for threads. Each
 * once in a program; not if somebody listens to the tasks and workers of all pools.
 */
export function rehearse(pool: Life): void {
  const { host } = pool.core.options;
  if (host === processHost) rehearseStart(pool);
  else if (host === threadHost) void rehearseBursts(pool);
}

/**
 * Rehearses the life of a pool while the first process of this program starts: this thread has nothing else to do then, and
 * code that runs for the first time takes ten times as long. So the first answer and the end of a short program do not
 * wait for it. Not for threads, which start too soon for it, nor if the worker has started already.
 */
function rehearseStart(pool: Life): void {
  if (isStartDone) return;
  setImmediate(() => {
    if (isStartDone || !isStarting(pool) || isObserved()) return;
    isStartDone = true;
    inNeutralContext(() => void playLife(pool.core.kind).catch(() => {}));
  }).unref();
}

/** Runs a task in a played pool, from its start to its end. */
async function playLife(kind: AnyKind): Promise<void> {
  const pool = new PlayedPool(kind);
  const result = pool.run();
  pool.greet();
  await result;
  await pool.close();
}

/**
 * Rehearses bursts of tasks when a pool of threads that has had its tasks one by one is idle. V8 compiles code for the paths
 * that it has seen, and throws it away at the first other path: the first two tasks at a time would make all tasks slow for
 * a second or two. Not for processes, where it has no effect that can be measured.
 */
async function rehearseBursts(pool: Life): Promise<void> {
  try {
    while (!areBurstsDone && !pool.isClosed && pool.core.counts.completed < USED) await pool.idle.wait();
  } catch {
    // The pool is stalled.
    return;
  }
  if (areBurstsDone || pool.isClosed || isObserved()) return;
  areBurstsDone = true;
  inNeutralContext(() => void playBursts(pool.core.kind).catch(() => {}));
}

/** Runs bursts of tasks in a played pool. Between them the program goes on. If somebody begins to listen, they end. */
async function playBursts(kind: AnyKind): Promise<void> {
  await nextTurn();
  if (isObserved()) return;
  const pool = new PlayedPool(kind);
  pool.greet();
  for (let i = 0; i < BURSTS && !isObserved(); i++) {
    await Promise.all(Array.from({ length: BURST }, () => pool.run()));
    await pool.run();
    await nextTurn();
  }
  if (!isObserved()) await pool.close();
}

/** Waits for the next turn of the event loop, if there is one. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve).unref());
}

/** Returns whether a pool waits for its first worker. */
function isStarting({ core }: Life): boolean {
  const seats = [...core.state.seats.values()];
  return seats.length > 0 && seats.every(({ hasStarted, phase }) => !hasStarted && phase !== 'ending');
}

function isObserved(): boolean {
  return taskChannels.hasSubscribers || Object.values(workerChannels).some(({ hasSubscribers }) => hasSubscribers);
}
