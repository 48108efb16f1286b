/**
 * The bytes of a large buffer. From here on the system gives fresh memory to each copy and takes it back, and that
 * costs more than the copying.
 */
export const LARGE = 128 * 1024;

/** The greatest number of parts of a message that is searched. */
export const PARTS = 64;

/** The greatest depth of a message that is searched. */
const DEPTH = 4;

/** The number of parts that may still be read. Only one message is read at a time. */
let left = 0;

/** Returns whether a message has a large buffer. A message that cannot be read, or is too long, has none. */
export function hasLarge(message: unknown): boolean {
  left = PARTS;
  try {
    return search(message, DEPTH);
  } catch {
    return false;
  }
}

function search(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (ArrayBuffer.isView(value)) return value.byteLength >= LARGE;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && --left >= 0; i++) if (search(value[i], depth - 1)) return true;
    return false;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype)
    return value instanceof ArrayBuffer && value.byteLength >= LARGE;
  for (const key in value) {
    if (--left < 0) return false;
    if (search((value as Record<string, unknown>)[key], depth - 1)) return true;
  }
  return false;
}
