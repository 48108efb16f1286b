/** Returns `{"result": ...}` as one line. A result that JSON cannot express becomes an error. */
export function jsonOf(result: unknown): string {
  try {
    return JSON.stringify({ result: result === undefined ? null : result }, replace);
  } catch (error) {
    return jsonOfError(
      Object.assign(new Error(`the result is not JSON: ${(error as Error).message}`), { code: 'NOT_JSON' }),
    );
  }
}

/** Returns `{"error": {...}}` as one line: name, message, code, the error's own properties and its causes. */
export function jsonOfError(error: unknown): string {
  try {
    return JSON.stringify({ error: plain(error, 8) }, replace);
  } catch {
    return JSON.stringify({ error: { message: String(error) } });
  }
}

function plain(error: unknown, depth: number): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, cause, ...own } = error as Error & Record<string, unknown>;
  return {
    name: error.name,
    message: error.message,
    ...own,
    ...(error.cause === undefined || depth === 0 ? {} : { cause: plain(error.cause, depth - 1) }),
  };
}

function replace(_key: string, value: unknown): unknown {
  // The errors of earlier attempts are a list.
  if (value instanceof Error) return plain(value, 1);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return value;
}
