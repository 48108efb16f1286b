import type v8 from 'node:v8';
import { setImmediate } from './platform.ts';
import type { MessageToMaster, MessageToWorker } from './wire.ts';

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

const BLANK = Buffer.alloc(HEAD, CLONE);
const NOTHING = Buffer.alloc(0);

/**
 * A message as a frame: its length, then the message: as JSON text where it has the tag `several`, else as a structured clone.
 * @throws where the message cannot be cloned, or is longer than LONGEST_MESSAGE
 */
export function encodeFrame(message: MessageToWorker | MessageToMaster, several: number): Buffer {
  const frame = message[0] === several ? textOf(message) : cloneOf(message);
  const length = frame.length - HEAD;
  if (length > LONGEST_MESSAGE) {
    throw new RangeError(`it takes ${length} bytes, and a message between processes has ${LONGEST_MESSAGE} at most`);
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

let loaded: typeof v8 | undefined;

/** Loaded with the first frame: threads need none, and start sooner without it. */
function structuredClones(): typeof v8 {
  loaded ??= process.getBuiltinModule('node:v8');
  return loaded;
}

function cloneOf(message: unknown): Buffer {
  const { DefaultSerializer } = structuredClones();
  const serializer = new DefaultSerializer();
  serializer.writeRawBytes(BLANK);
  serializer.writeHeader();
  serializer.writeValue(message);
  return serializer.releaseBuffer();
}

/** Puts frames together again from the pieces that a pipe makes of them. */
export class Frames {
  readonly #receive: (message: unknown) => void;
  readonly #garbled: (error: Error) => void;
  #isGarbled = false;
  #pieces: Buffer[] = [];
  #size = 0;
  /** How many bytes the next frame needs, as far as that is known. */
  #wanted = HEAD;

  /**
   * `receive` gets each message. `garbled` is told, once, that somebody else has written on the pipe: where the next frame
   * begins nobody can say, so nothing more is read.
   */
  constructor(receive: (message: unknown) => void, garbled: (error: Error) => void) {
    this.#receive = receive;
    this.#garbled = garbled;
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
        let message: unknown;
        try {
          message = decode(bytes.subarray(start, at), bytes[start - 1] === TEXT);
        } catch (error) {
          const problem = `${told(bytes, start - HEAD)} begin what cannot be read: ${(error as Error).message}`;
          return this.#giveUp(new Error(problem, { cause: error }));
        }
        this.#receive(message);
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

/** The first of some bytes, for a message. */
function told(bytes: Buffer, at: number): string {
  return `the bytes ${bytes.toString('hex', at, at + 2 * HEAD)}`;
}

/** What is not text gets memory of its own: bytes in it are views of that. */
function decode(body: Buffer, isText: boolean): unknown {
  return isText ? JSON.parse(body.toString()) : structuredClones().deserialize(new Uint8Array(body));
}
