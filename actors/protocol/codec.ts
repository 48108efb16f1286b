import { structuredClone } from '../platform/platform.ts';
import { encodeFrame } from './frames.ts';
import { type MessageToMaster, type MessageToWorker, ToMaster, ToWorker } from './messages.ts';
import { arePlain } from './payloads/plain-json.ts';

type Message = MessageToWorker | MessageToMaster;

/**
 * Returns whether several payloads may go in one message, as JSON text. The text is cheaper, but must carry the same as
 * a structured clone of each payload. If a getter throws, the payloads go one by one, so that the fault shows at its
 * own payload.
 */
export function canShareMessage(payloads: readonly unknown[]): boolean {
  if (payloads.length < 2) return false;
  try {
    return arePlain(payloads);
  } catch {
    return false;
  }
}

/**
 * The codec of one direction of the wire. A message with several payloads is JSON text; every other message is a
 * structured clone. All hosts write and read their messages with it.
 */
export class Codec<M extends Message> {
  readonly #several: number;
  readonly #sure: number;

  /**
   * `several` is the tag of messages with several payloads. Messages with the tag `sure` must be readable when they
   * arrive.
   */
  constructor(several: M[0], sure: M[0]) {
    this.#several = several;
    this.#sure = sure;
  }

  /** Returns the message for a port, which clones it. @throws the error of `JSON.stringify` */
  toPort(message: M): M | string {
    return message[0] === this.#several ? JSON.stringify(message) : message;
  }

  /** Returns the message that a port has received. @throws {SyntaxError} if other code has written to the port */
  fromPort(data: unknown): M {
    return typeof data === 'string' ? JSON.parse(data) : (data as M);
  }

  /** Returns the message as a frame for a pipe. @throws if it cannot be cloned, or is too long */
  toFrame(message: M): Buffer {
    return encodeFrame(message, message[0] === this.#several, message[0] === this.#sure);
  }

  /** Returns the message as it would come out of a channel. @throws if it cannot be cloned */
  copy(message: M, transfer: readonly unknown[] = []): M {
    if (message[0] === this.#several) return JSON.parse(JSON.stringify(message));
    return structuredClone(message, { transfer: [...transfer] as ArrayBuffer[] });
  }
}

/** The codec of the messages from the master to a worker. */
export const toWorkerCodec: Codec<MessageToWorker> = new Codec<MessageToWorker>(ToWorker.Requests, ToWorker.Feedback);

/** The codec of the messages from a worker to the master. */
export const toMasterCodec: Codec<MessageToMaster> = new Codec<MessageToMaster>(ToMaster.Responses, ToMaster.Feedback);
