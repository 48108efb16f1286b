import { availableParallelism } from 'node:os';
import { createPool, type PoolOf } from '../../../actors/index.ts';
import proof from '../../../kinds/proof.ts';
import type { EngineName } from '../../../kinds/smt/engine/engine.ts';
import type { GoalResult, ProofTypes } from '../../../kinds/smt/proving/tasks.ts';
import { endSession } from '../../../kinds/smt/session/sessions.ts';
import type { PoolFlags } from '../../flags/pool-flags.ts';
import { note } from '../../terminal/terminal.ts';

/** The flags that say how the provers of a run work. */
export interface ProverFlags extends PoolFlags {
  /** Is `true` if the user named the host. */
  readonly isHostChosen: boolean;
  /** Draws the pool in the terminal. */
  readonly draw: boolean;
}

/** The pool of a run. */
export interface Provers {
  readonly pool: PoolOf<ProofTypes>;
  /** Is `true` if there are two processors for each worker. */
  readonly twin: boolean;
  /** Returns a result with the process that its report names. */
  reported(result: GoalResult): GoalResult;
}

/**
 * Makes the pool of provers of an engine. A native solver is a process of its own: no other process is started, and the
 * solver's process stands for its worker, unless the user names a host or looks at the workers in the inspector. `name`
 * tells the pools of one program apart; `minSize` is the number of workers that start before they are needed.
 */
export function startProvers(flags: ProverFlags, engine: EngineName, name = proof.name, minSize?: number): Provers {
  const isSeen = flags.inspect !== undefined || flags.inspectWait === true;
  const isSolverAlone = engine !== 'z3-wasm' && !flags.isHostChosen && !isSeen;
  // A worker of its own process has only one pool.
  const kind = isSolverAlone ? { ...proof, name } : proof;
  const pool = createPool(kind, {
    host: isSolverAlone ? 'inline' : flags.host,
    ...(flags.size === undefined ? {} : { size: flags.size }),
    ...(minSize === undefined ? {} : { minSize }),
    onOutput: ({ worker, line }) => note(`[${worker}] ${line}`),
  });
  const twin = 2 * pool.size <= availableParallelism();
  if (!isSolverAlone) return { pool, twin, reported: (result) => result };
  // The process of a worker would end its solver too.
  pool.on('worker', ({ id, state }) => {
    if (state === 'dead') endSession(id);
  });
  return { pool, twin, reported: (result) => ({ ...result, pid: result.solverPid ?? result.pid }) };
}
