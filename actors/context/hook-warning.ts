import { asError, wordsOf } from '../errors/error-codec.ts';
import type { Core } from './pool-context.ts';

/** A hook without an answer threw: no task is there to take the error, so that it must be seen otherwise. */
export function warn(core: Core, hook: string, error: unknown): void {
  const { stack } = asError(error);
  process.emitWarning(`${core.kind.name}: ${hook} threw ${stack ?? wordsOf(error)}`, { code: 'STATEPOOL_HOOK' });
}
