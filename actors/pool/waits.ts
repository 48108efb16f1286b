import type { Life } from './pool-life.ts';

/** Waits until nothing is queued, running or delayed, as `Pool.join` says. */
export async function join(life: Life, signal: AbortSignal | undefined): Promise<void> {
  const { core } = life;
  const { state, journal, turn } = core;
  // During a step the pool is neither busy nor idle.
  if (turn.isUnderWay) await undefined;
  do {
    core.flush();
    if (state.queue.length + state.busy + state.delayed.size > 0) {
      if (state.isStalled) throw life.stalledError();
      await life.hold(life.idle.wait(signal));
    }
    // An outcome is reported only after it is written, and other tasks may be accepted in the meantime.
    if (journal !== undefined) await journal.written();
  } while (
    journal !== undefined &&
    (life.backpressure.queued + state.busy + state.delayed.size > 0 || journal.isWriting)
  );
  // A failure reaches its caller two microtasks later than a result: join must not overtake it.
  await undefined;
  await undefined;
}

/** Returns the tasks that have not begun, once no worker is busy, as `Pool.snapshot` says. */
export async function snapshot(pool: { pause(): void; resume(): void }, life: Life): Promise<readonly unknown[]> {
  const { state, turn } = life.core;
  pool.pause();
  try {
    // During a step the pause begins only after that step.
    if (turn.isUnderWay) await undefined;
    if (state.busy > 0) await life.hold(life.quiet.wait());
    return [...state.queue, ...state.delayed].map((entry) => entry.task);
  } finally {
    pool.resume();
  }
}
