import { portableCopy, setImmediate, structuredClones } from '../platform/platform.ts';
import type { MessageToMaster, MessageToWorker } from './messages.ts';

/**
 * The file descriptor of the pipe for a process's answers, after its output and the channel of `process.send`. Requests have
 * their own: Node gives a pipe up, with all that is still to be read from it, when a write finds nobody there.
 */
export const FROM_WORKER = 4;

/** The file descriptor of the pipe for a process's requests. */
export const TO_WORKER = 5;

/** How a frame's message is written. */
const TEXT = 0;
const CLONE = 1;

/** The length of the message, in four bytes, and how it is written. */
const HEAD = 5;
/** How a message begins that is written in the one way, and in the other. */
const BRACKET = 0x5b;
const VERSION = 0xff;

/** The longest message, in bytes: more is not sent, and where more is announced something else than a frame was written. */
export const LONGEST_MESSAGE = 2 ** 30;

/** So many parts of a message are looked at, so deep: more would cost more than it finds. */
const PARTS = 64;
const DEPTH = 16;

const BLANK = Buffer.alloc(HEAD, CLONE);
const NOTHING = Buffer.alloc(0);

/**
 * A message as a frame: its length, then the message as JSON text or as a structured clone. A clone that is `isSure` can be read
 * on the other side for certain; any other that cannot is answered there.
 * @throws where the message cannot be cloned, or is longer than LONGEST_MESSAGE
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
 * A value for which V8 writes nothing at all, so that nobody can read what stands around it; `undefined` where there is none,
 * and `null` where there is too much to check.
 */
function findUnwritten(value: object): object | null | undefined {
  left = PARTS;
  return check(value, DEPTH);
}

// One check at a time: nothing is made for it.
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

/** Some programs run without WebAssembly. */
const { Module } = (globalThis as { WebAssembly?: { Module?: abstract new () => object } }).WebAssembly ?? {};

/**
 * Is told of a message that has come whole, as a clone, and cannot be read: its tag as far as that shows, and why. True where
 * it is dealt with, else the pipe is garbled.
 */
export type Unreadable = (tag: number | undefined, error: unknown) => boolean;

/** Puts frames together again from the pieces that a pipe makes of them. */
export class Frames {
  readonly #receive: (message: unknown) => void;
  readonly #garbled: (error: Error) => void;
  readonly #unread: Unreadable | undefined;
  #isGarbled = false;
  #pieces: Buffer[] = [];
  #size = 0;
  /** How many bytes the next frame needs, as far as that is known. */
  #wanted = HEAD;

  /**
   * `receive` gets each message. `garbled` is told, once, that somebody else has written on the pipe: where the next frame
   * begins nobody can say, so nothing more is read.
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
        if (left >= HEAD && !isHead(bytes, at)) return this.#giveUp(new Error(`${told(bytes, at)} begin no message`));
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
          const words = `${told(bytes, start - HEAD)} begin a message that cannot be read: ${(error as Error).message}`;
          problem = new Error(words, { cause: error });
        }
        if (problem === undefined) this.#receive(message);
        else if (isText || this.#unread?.(tagOf(body), problem.cause) !== true) return this.#giveUp(problem);
      }
    } catch (error) {
      // Somebody may handle it as an uncaught exception; what stands behind this frame is still to be read.
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

/** Whether a frame begins here, as far as can be seen: what a program prints by mistake is found out by its first bytes. */
function isHead(bytes: Buffer, at: number): boolean {
  const way = bytes[at + HEAD - 1];
  const first = bytes[at + HEAD];
  if (way !== TEXT && way !== CLONE) return false;
  if (first !== undefined && first !== (way === TEXT ? BRACKET : VERSION)) return false;
  return bytes.readUInt32LE(at) <= LONGEST_MESSAGE;
}

/** The tag of a clone that was written as a whole: an array without holes, whose first member is a small number. */
function tagOf(body: Buffer): number | undefined {
  const [, , array, length = 0, integer, tag = 0] = body;
  const isWhole = array === 0x41 && integer === 0x49 && body.subarray(-3).equals(Buffer.from([0x24, 0, length]));
  return isWhole ? tag / 2 : undefined;
}

/** The first of some bytes, for a message. */
function told(bytes: Buffer, at: number): string {
  return `the bytes ${bytes.toString('hex', at, at + 2 * HEAD)}`;
}

/** What is not text gets memory of its own: bytes in it are views of that. */
function decode(body: Buffer, isText: boolean): unknown {
  return isText ? JSON.parse(body.toString()) : structuredClones().deserialize(new Uint8Array(body));
}
