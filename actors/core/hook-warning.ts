import { asError, wordsOf } from '../errors/error-codec.ts';
import type { PoolCore } from './pool-core.ts';

/** Emits a process warning for a hook that threw, where no task can take the error. */
export function warn(core: PoolCore, hook: string, error: unknown): void {
  const { stack } = asError(error);
  process.emitWarning(`${core.kind.name}: ${hook} threw ${stack ?? wordsOf(error)}`, { code: 'STATEPOOL_HOOK' });
}
