import { asError, wordsOf } from '../errors/error-codec.ts';
import type { PoolCore } from './pool-core.ts';

/** Emits a process warning for a hook that threw, where no task can take the error. */
export function warn(core: Pick<PoolCore, 'kind'>, hook: string, error: unknown): void {
  warnOf(core, `${hook} threw ${stackOf(error)}`);
}

/** Returns the stack of an error, or its words if it has none. */
export function stackOf(error: unknown): string {
  return asError(error).stack ?? wordsOf(error);
}

/** Emits a process warning for a problem with a hook of the kind. */
export function warnOf(core: Pick<PoolCore, 'kind'>, problem: string): void {
  process.emitWarning(`${core.kind.name}: ${problem}`, { code: 'STATEPOOL_HOOK' });
}
