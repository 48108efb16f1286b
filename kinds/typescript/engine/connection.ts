import type { Readable, Writable } from 'node:stream';
import { TypescriptError } from './errors.ts';

/** A message of JSON-RPC: a request, a notification or an answer. */
interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

interface Waiter {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const HEAD_END = '\r\n\r\n';

/** A connection of JSON-RPC with TypeScript's server: messages behind a head with their length. In the worker. */
export class Connection {
  readonly #output: Writable;
  readonly #waiters = new Map<number | string, Waiter>();
  readonly #answer: (method: string, params: unknown) => unknown;
  #pieces: Buffer[] = [];
  #size = 0;
  #needed = 0;
  #ids = 0;
  #gone: TypescriptError | undefined;

  /** Reads and writes these streams. `answer` returns the result of each request of the server. */
  constructor(input: Readable, output: Writable, answer: (method: string, params: unknown) => unknown) {
    this.#output = output;
    this.#answer = answer;
    input.on('data', (piece: Buffer) => this.#push(piece));
    for (const stream of [input, output]) stream.on('error', () => {});
  }

  /**
   * Sends a request and resolves with its result. An aborted request rejects at once with the signal's reason, and the
   * server is asked to give it up. @throws {TypescriptError} TYPESCRIPT_REFUSED, or TYPESCRIPT_DIED
   */
  request(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#gone);
      if (signal?.aborted) return reject(signal.reason);
      const id = ++this.#ids;
      const giveUp = (): void => {
        this.#waiters.delete(id);
        this.notify('$/cancelRequest', { id });
        reject(signal?.reason);
      };
      const settled = (): void => signal?.removeEventListener('abort', giveUp);
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiters.set(id, {
        resolve(result) {
          settled();
          resolve(result);
        },
        reject(error) {
          settled();
          const isRefused = !(error instanceof TypescriptError);
          reject(isRefused ? new TypescriptError('TYPESCRIPT_REFUSED', `${method}: ${error.message}`) : error);
        },
      });
      this.#send({ id, method, params });
    });
  }

  /** Sends a notification, which has no answer. */
  notify(method: string, params: unknown): void {
    if (!this.#gone) this.#send({ method, params });
  }

  /** Rejects all that waits, now and later: the server has ended. */
  fail(reason: TypescriptError): void {
    this.#gone ??= reason;
    for (const [id, waiter] of this.#waiters) {
      this.#waiters.delete(id);
      waiter.reject(this.#gone);
    }
  }

  #send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#output.write(`Content-Length: ${Buffer.byteLength(text)}${HEAD_END}${text}`);
  }

  #push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
    // A long message comes in many pieces, which are joined once.
    if (this.#size < this.#needed) return;
    let rest: Buffer = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
    for (;;) {
      const head = rest.indexOf(HEAD_END);
      this.#needed = 0;
      if (head < 0) break;
      const length = Number(/content-length:\s*(\d+)/i.exec(rest.toString('latin1', 0, head))?.[1] ?? 0);
      const end = head + HEAD_END.length + length;
      this.#needed = end;
      if (rest.length < end) break;
      const text = rest.toString('utf8', head + HEAD_END.length, end);
      rest = rest.subarray(end);
      this.#take(JSON.parse(text) as Message);
    }
    this.#pieces = [rest];
    this.#size = rest.length;
  }

  #take({ id, method, params, result, error }: Message): void {
    if (id === undefined || id === null) return;
    // A request of the server that gets no answer would make it wait for ever.
    if (method !== undefined) return this.#send({ id, result: this.#answer(method, params) });
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    if (error) waiter?.reject(new Error(error.message));
    else waiter?.resolve(result);
  }
}
