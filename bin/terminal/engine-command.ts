import { AbortController } from '../../actors/tooling.ts';
import { showPool } from '../flags/view-flags.ts';
import { complain } from './exit.ts';
import { ENGINE_MISSING } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';

/** The errors of a command whose engine may be missing. */
export interface EngineErrors {
  /** Returns the code of an error that the user can mend; `undefined` for others. */
  codeOf(error: unknown): string | undefined;
  /** The codes of a missing engine. */
  readonly missing: readonly string[];
}

/** Reports an error that the user can mend, and sets the exit code. @throws all others */
export function refuse(error: unknown, { codeOf, missing }: EngineErrors): void {
  const code = codeOf(error);
  if (code === undefined) throw error;
  complain(error);
  if (missing.includes(code)) process.exitCode = ENGINE_MISSING;
}

type AnyPool = Parameters<typeof showPool>[0];

/** The frame of a command on a pool whose engines are processes of their own. */
interface EngineFrame extends EngineErrors {
  readonly flags: { readonly inspect?: number; readonly inspectWait?: boolean };
  /** Ends the engine of a worker: with the host inline it stands for its worker. */
  endSession(id: string): void;
}

/**
 * Runs the work of a command, and ends the pool behind it. An interrupt ends the pool at once, and aborts the signal of the
 * work.
 */
export async function runOnEngines(
  pool: AnyPool,
  frame: EngineFrame,
  work: (ended: AbortSignal) => Promise<void>,
): Promise<void> {
  pool.on('worker', ({ id, state }) => {
    if (state === 'dead') frame.endSession(id);
  });
  const ended = new AbortController();
  const stopListening = onInterrupt(() => {
    ended.abort();
    return pool.destroy();
  });
  const stopShowing = await showPool(pool, { ...frame.flags, watch: false });
  try {
    await work(ended.signal);
  } catch (error) {
    if (process.exitCode === undefined) refuse(error, frame);
  } finally {
    stopShowing();
    await pool.destroy();
    stopListening();
  }
}
