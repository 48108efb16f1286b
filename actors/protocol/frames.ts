import { portableCopy, setImmediate, structuredClones } from '../platform/platform.ts';
import type { MessageToMaster, MessageToWorker } from './messages.ts';

/**
 * The file descriptor of the pipe for a process's answers. It comes after the output pipes and the channel of
 * `process.send`. Requests have a pipe of their own: when a write finds no reader, Node drops the pipe with all data
 * that is still to be read from it.
 */
export const FROM_WORKER = 4;

/** The file descriptor of the pipe for a process's requests. */
export const TO_WORKER = 5;

/** The two encodings of a frame's message. */
const TEXT = 0;
const CLONE = 1;

/** The size of a frame's head: four bytes for the length of the message, one for its encoding. */
const HEAD = 5;
/** The first byte of a JSON message, and of a structured clone. */
const BRACKET = 0x5b;
const VERSION = 0xff;

/** The longest message, in bytes. A longer one is not sent. Bytes that announce a longer one are not a frame. */
export const LONGEST_MESSAGE = 2 ** 30;

/** The most parts of a message that are checked, and the greatest depth: more would cost more than it finds. */
const PARTS = 64;
const DEPTH = 16;

const BLANK = Buffer.alloc(HEAD, CLONE);
const NOTHING = Buffer.alloc(0);

/**
 * Encodes a message as a frame: its length, then the message as JSON text or as a structured clone. With `isSure`, a
 * clone is checked to be readable on the other side. Without it, the other side answers an unreadable clone with an
 * error.
 *
 * @throws if the message cannot be cloned, or is longer than LONGEST_MESSAGE
 */
export function encodeFrame(message: MessageToWorker | MessageToMaster, isText: boolean, isSure = false): Buffer {
  const frame = isText ? textOf(message) : cloneOf(message, isSure);
  const length = frame.length - HEAD;
  if (length > LONGEST_MESSAGE) {
    throw new RangeError(`it takes ${length} bytes: a message between processes has at most ${LONGEST_MESSAGE} bytes`);
  }
  frame.writeUInt32LE(length, 0);
  return frame;
}

function textOf(message: unknown): Buffer {
  const text = JSON.stringify(message);
  const frame = Buffer.allocUnsafe(HEAD + Buffer.byteLength(text));
  frame[HEAD - 1] = TEXT;
  frame.write(text, HEAD);
  return frame;
}

function cloneOf(message: MessageToWorker | MessageToMaster, isSure: boolean): Buffer {
  const { DefaultSerializer } = structuredClones();
  const serializer = new DefaultSerializer();
  serializer.writeRawBytes(BLANK);
  serializer.writeHeader();
  serializer.writeValue(message);
  const unwritten = findUnwritten(message);
  if (unwritten) throw new TypeError('a WebAssembly.Module cannot be sent to another process: send its bytes');
  if (unwritten === null && isSure) portableCopy(message);
  return serializer.releaseBuffer();
}

/**
 * Finds a value for which V8 writes nothing at all: such a value makes the whole message unreadable. Returns
 * `undefined` if there is none, and `null` if the message is too large to check.
 */
function findUnwritten(value: object): object | null | undefined {
  left = PARTS;
  return check(value, DEPTH);
}

// Only one check runs at a time, so this variable serves all of them, and no object is made.
let left = 0;

function check(value: object, depth: number): object | null | undefined {
  if (depth === 0) return null;
  if (Array.isArray(value)) return checkParts(value, depth);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    if (Module !== undefined && value instanceof Module) return value;
    // Bytes have no parts.
    if (ArrayBuffer.isView(value)) return undefined;
    if (value instanceof Map || value instanceof Set)
      return value.size > left ? null : checkParts([...value].flat(), depth);
  }
  for (const key in value) {
    if (left-- === 0) return null;
    const part = (value as Record<string, unknown>)[key];
    const found = typeof part === 'object' && part !== null ? check(part, depth - 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function checkParts(parts: readonly unknown[], depth: number): object | null | undefined {
  left -= parts.length;
  if (left < 0) return null;
  for (const part of parts) {
    const found = typeof part === 'object' && part !== null ? check(part, depth - 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The class of WebAssembly modules. Some programs run without WebAssembly. */
const { Module } = (globalThis as { WebAssembly?: { Module?: abstract new () => object } }).WebAssembly ?? {};

/**
 * Handles a complete message that is a clone and cannot be read. Receives its tag, if that is known, and the error.
 * Returns true if the message is dealt with; otherwise the pipe counts as garbled.
 */
export type Unreadable = (tag: number | undefined, error: unknown) => boolean;

/** Joins the pieces of frames that a pipe delivers, and decodes the messages. */
export class Frames {
  readonly #receive: (message: unknown) => void;
  readonly #garbled: (error: Error) => void;
  readonly #unread: Unreadable | undefined;
  #isGarbled = false;
  #pieces: Buffer[] = [];
  #size = 0;
  /** The number of bytes that the next frame needs, as far as it is known. */
  #wanted = HEAD;

  /**
   * `receive` gets each message. `garbled` is called once, if other code has written to the pipe. The beginning of the
   * next frame is then unknown, so nothing more is read. `unread` gets the clones that cannot be read.
   */
  constructor(receive: (message: unknown) => void, garbled: (error: Error) => void, unread?: Unreadable) {
    this.#receive = receive;
    this.#garbled = garbled;
    this.#unread = unread;
  }

  read(piece: Buffer): void {
    if (this.#isGarbled) return;
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size < this.#wanted) return;
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#size);
    let at = 0;
    try {
      for (;;) {
        const left = bytes.length - at;
        this.#wanted = left < HEAD ? HEAD : HEAD + bytes.readUInt32LE(at);
        if (left >= HEAD && !isHead(bytes, at))
          return this.#giveUp(new Error(`${wordsAt(bytes, at)} begin no message`));
        if (left < this.#wanted) break;
        const start = at + HEAD;
        at += this.#wanted;
        const body = bytes.subarray(start, at);
        const isText = bytes[start - 1] === TEXT;
        let message: unknown;
        let problem: Error | undefined;
        try {
          message = decode(body, isText);
        } catch (error) {
          const words = `${wordsAt(bytes, start - HEAD)} begin a message that cannot be read: ${(error as Error).message}`;
          problem = new Error(words, { cause: error });
        }
        if (problem === undefined) this.#receive(message);
        else if (isText || this.#unread?.(tagOf(body), problem.cause) !== true) return this.#giveUp(problem);
      }
    } catch (error) {
      // A handler of uncaught exceptions may keep the program alive, so the bytes after this frame must still be read.
      this.#wanted = HEAD;
      setImmediate(() => this.read(NOTHING));
      throw error;
    } finally {
      const rest = bytes.subarray(at);
      this.#pieces = rest.length === 0 ? [] : [rest];
      this.#size = rest.length;
    }
  }

  #giveUp(error: Error): void {
    this.#isGarbled = true;
    this.#garbled(error);
  }
}

/** Returns whether a frame may begin at a position. The first bytes show if a program printed text there by mistake. */
function isHead(bytes: Buffer, at: number): boolean {
  const way = bytes[at + HEAD - 1];
  const first = bytes[at + HEAD];
  if (way !== TEXT && way !== CLONE) return false;
  if (first !== undefined && first !== (way === TEXT ? BRACKET : VERSION)) return false;
  return bytes.readUInt32LE(at) <= LONGEST_MESSAGE;
}

/** Returns the tag of a complete clone: an array without holes whose first member is a small number. */
function tagOf(body: Buffer): number | undefined {
  const [, , array, length = 0, integer, tag = 0] = body;
  const isWhole = array === 0x41 && integer === 0x49 && body.subarray(-3).equals(Buffer.from([0x24, 0, length]));
  return isWhole ? tag / 2 : undefined;
}

/** Returns the first bytes at a position as words for a message. */
function wordsAt(bytes: Buffer, at: number): string {
  return `the bytes ${bytes.toString('hex', at, at + 2 * HEAD)}`;
}

/** Decodes a message. A clone gets memory of its own, because byte arrays in it are views of that memory. */
function decode(body: Buffer, isText: boolean): unknown {
  return isText ? JSON.parse(body.toString()) : structuredClones().deserialize(new Uint8Array(body));
}
