import { asError, wordsOf } from '../errors/error-codec.ts';
import type { PoolCore } from './pool-core.ts';

/** A hook without an answer threw: no task is there to take the error, so that it must be seen otherwise. */
export function warn(core: PoolCore, hook: string, error: unknown): void {
  const { stack } = asError(error);
  process.emitWarning(`${core.kind.name}: ${hook} threw ${stack ?? wordsOf(error)}`, { code: 'STATEPOOL_HOOK' });
}
