/** The codes of the errors of TypeScript's server. */
export type TypescriptErrorCode =
  | 'TYPESCRIPT_MISSING'
  | 'TYPESCRIPT_UNFIT'
  | 'TYPESCRIPT_DIED'
  | 'TYPESCRIPT_REFUSED'
  | 'TYPESCRIPT_USAGE';

/** An error that is no diagnostic: TypeScript is missing or too old, its server died, or it refused a request. */
export class TypescriptError extends Error {
  override readonly name = 'TypescriptError';
  readonly code: TypescriptErrorCode;

  constructor(code: TypescriptErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Returns the literal code of an error, or of the error from the worker that is its cause. */
export function typescriptCodeOf(error: unknown): TypescriptErrorCode | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && code.startsWith('TYPESCRIPT_')) return code as TypescriptErrorCode;
  }
  return undefined;
}
