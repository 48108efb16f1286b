/** The codes of the errors of Rocq's engine. */
export type RocqErrorCode = 'ROCQ_MISSING' | 'ROCQ_DIED' | 'ROCQ_TIMEOUT' | 'ROCQ_LOST' | 'ROCQ_STOPPED' | 'ROCQ_USAGE';

/** An error that is no verdict on a file: the engine is missing, died, ran too long, or lost the state of a task. */
export class RocqError extends Error {
  override readonly name = 'RocqError';
  readonly code: RocqErrorCode;

  constructor(code: RocqErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Returns the literal code of an error, or of the error from the worker that is its cause. */
export function rocqCodeOf(error: unknown): RocqErrorCode | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && code.startsWith('ROCQ_')) return code as RocqErrorCode;
  }
  return undefined;
}
