import { structuredClone } from '../platform/platform.ts';
import { encodeFrame } from './frames.ts';
import { type MessageToMaster, type MessageToWorker, ToMaster, ToWorker } from './messages.ts';
import { arePlain } from './plain-json.ts';

type Message = MessageToWorker | MessageToMaster;

/**
 * Whether several payloads go in one message: only then is it JSON text, which says the same as a structured clone of each and
 * is cheaper. Payloads that a getter keeps from being read twice go one by one: the fault shows there.
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
 * One direction of the wire. A message with several payloads is JSON text; every other message is a structured clone. All hosts
 * write and read their messages by it.
 */
export class Codec<M extends Message> {
  readonly #several: number;
  readonly #sure: number;

  /** `several` is the tag of the message with several payloads; one with the tag `sure` must be readable on the other side. */
  constructor(several: M[0], sure: M[0]) {
    this.#several = several;
    this.#sure = sure;
  }

  /** The message for a port, which clones it. @throws what `JSON.stringify` throws */
  toPort(message: M): M | string {
    return message[0] === this.#several ? JSON.stringify(message) : message;
  }

  /** The message that a port has brought. @throws {SyntaxError} where somebody else has written on the port */
  fromPort(data: unknown): M {
    return typeof data === 'string' ? JSON.parse(data) : (data as M);
  }

  /** The message for a pipe. @throws where it cannot be cloned, or is too long */
  toFrame(message: M): Buffer {
    return encodeFrame(message, message[0] === this.#several, message[0] === this.#sure);
  }

  /** The message as it would come out of a channel. @throws where it cannot be cloned */
  copy(message: M, transfer: readonly ArrayBuffer[] = []): M {
    if (message[0] === this.#several) return JSON.parse(JSON.stringify(message));
    return structuredClone(message, { transfer: [...transfer] });
  }
}

/** What the master says. */
export const toWorkerCodec: Codec<MessageToWorker> = new Codec<MessageToWorker>(ToWorker.Requests, ToWorker.Feedback);

/** What a worker says. */
export const toMasterCodec: Codec<MessageToMaster> = new Codec<MessageToMaster>(ToMaster.Responses, ToMaster.Feedback);
