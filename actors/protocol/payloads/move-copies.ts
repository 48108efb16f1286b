import { types } from 'node:util';
import { keepFreed } from './freed-memory.ts';
import { hasLarge, LARGE, PARTS } from './large-buffers.ts';

/** A message with copies of its large buffers, and these copies, which are to move. */
export interface WithCopies {
  readonly message: unknown;
  readonly transfer: readonly ArrayBuffer[];
}

/**
 * Copies the large buffers of a message, so that the copies can move to another thread. A structured clone copies each
 * buffer twice: into the message and out of it. What arrives is the same, and the sender keeps its own buffers. Returns
 * `undefined` if the message has no large buffer, if it is not small beside its buffers, or if it has a part other than
 * plain objects, arrays, buffers and views of buffers.
 *
 * Only workers send their answers like this. V8 counts the copies as the sender's memory until they have moved: in the
 * thread of the pool, which also holds the tasks, it would collect garbage more often, and lose what the copies save.
 */
export function moveCopies(message: unknown): WithCopies | undefined {
  if (!hasLarge(message)) return undefined;
  keepFreed();
  try {
    left = PARTS;
    const transfer: ArrayBuffer[] = [];
    return { message: copyOf(message, new Map(), transfer), transfer };
  } catch {
    // A structured clone can copy the message, or has the proper error.
    return undefined;
  }
}

/** The number of parts that may still be copied. Only one message is copied at a time. */
let left = 0;

/** Returns a copy of a part. `copies`: the copy of each object that was met. @throws at a part that it cannot copy */
function copyOf(value: unknown, copies: Map<object, unknown>, transfer: ArrayBuffer[]): unknown {
  if (--left < 0 || typeof value === 'function' || typeof value === 'symbol') throw refused();
  if (typeof value !== 'object' || value === null) return value;
  if (copies.has(value)) return copies.get(value);
  if (types.isProxy(value)) throw refused();
  if (value instanceof ArrayBuffer) return copyOfBuffer(value, copies, transfer);
  if (ArrayBuffer.isView(value)) return copyOfView(value, copies, transfer);
  const isArray = Array.isArray(value);
  if (Object.getPrototypeOf(value) !== (isArray ? Array.prototype : Object.prototype)) throw refused();
  // The arguments of a call, or a date or an error with another prototype.
  if (!isArray && Object.prototype.toString.call(value) !== '[object Object]') throw refused();
  const entries = Object.entries(value);
  // An array with holes, or with properties beside its elements.
  if (isArray && (entries.length !== value.length || entries.some(([key], i) => key !== String(i)))) throw refused();
  const copy: Record<string, unknown> = isArray ? ([] as never) : {};
  copies.set(value, copy);
  for (const [key, part] of entries) {
    if (key === '__proto__') throw refused();
    copy[key] = copyOf(part, copies, transfer);
  }
  return copy;
}

function copyOfBuffer(buffer: ArrayBuffer, copies: Map<object, unknown>, transfer: ArrayBuffer[]): ArrayBuffer {
  if (buffer.byteLength < LARGE) return buffer;
  if ((buffer as { readonly resizable?: boolean }).resizable) throw refused();
  // `slice` would fill the copy with zeros first.
  const { buffer: copy } = Buffer.allocUnsafeSlow(buffer.byteLength);
  new Uint8Array(copy).set(new Uint8Array(buffer));
  copies.set(buffer, copy);
  transfer.push(copy);
  return copy;
}

/** The name of a typed array's own class, whatever its subclass is. `undefined` for a `DataView`. */
const nameOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get;

function copyOfView(view: ArrayBufferView, copies: Map<object, unknown>, transfer: ArrayBuffer[]): unknown {
  if (!(view.buffer instanceof ArrayBuffer)) throw refused();
  const buffer = copyOf(view.buffer, copies, transfer);
  if (buffer === view.buffer) return view;
  const name = nameOf?.call(view) as 'Uint8Array' | undefined;
  const copy =
    name === undefined
      ? new DataView(buffer as ArrayBuffer, view.byteOffset, view.byteLength)
      : new globalThis[name](buffer as ArrayBuffer, view.byteOffset, (view as Uint8Array).length);
  copies.set(view, copy);
  return copy;
}

function refused(): TypeError {
  return new TypeError('only a structured clone can copy this part');
}
