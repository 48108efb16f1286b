const DEPTH = 16;
const PARTS = 10_000;

/** The classes of values that move to another thread and cannot be copied. */
const CLASSES = ['MessagePort', 'ReadableStream', 'WritableStream', 'TransformStream'];

/**
 * Returns the ports and streams in a message that `listed` does not have: they can only move. The search has bounds, and
 * ends at a value that cannot be read.
 */
export function movablesIn(message: unknown, listed: readonly unknown[] = []): object[] {
  const found = new Set<object>();
  try {
    search(message, DEPTH, found, new Set());
  } catch {
    // The error of this value is that of the message.
  }
  return [...found].filter((each) => !listed.includes(each));
}

function search(value: unknown, depth: number, found: Set<object>, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value) || depth === 0 || seen.size > PARTS) return;
  seen.add(value);
  if (isMovable(value)) return void found.add(value);
  if (ArrayBuffer.isView(value)) return;
  if (value instanceof Map || value instanceof Set) {
    for (const part of [...value].flat()) search(part, depth - 1, found, seen);
  } else for (const part of Object.values(value)) search(part, depth - 1, found, seen);
}

function isMovable(value: object): boolean {
  const classes = globalThis as unknown as Readonly<Record<string, (abstract new () => object) | undefined>>;
  return CLASSES.some((name) => classes[name] !== undefined && value instanceof classes[name]);
}
