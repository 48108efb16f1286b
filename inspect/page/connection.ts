import type { EndedMessage } from '../messages.ts';
import { openSocket, token } from './token.ts';

/** The link between the page and the program. The page gets messages only while it is `live`. */
export type Link =
  | { readonly type: 'live' }
  /** The page was opened without a token. */
  | { readonly type: 'uninvited' }
  /** The socket has closed. `wait` is the time until the next attempt, in ms. */
  | { readonly type: 'lost'; readonly wait: number }
  /** Another server answers at this address: it does not know the page's token. */
  | { readonly type: 'stranger' }
  /** The pool has sent its last message. */
  | { readonly type: 'over'; readonly reason: string };

/** The callbacks of a connection. `M`: the messages of the program. */
interface Listener<M> {
  readonly onMessage: (message: M) => void;
  readonly onLink: (link: Link) => void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

/**
 * A socket to the program. If it is lost, it is opened again after longer and longer waits, until the pool has ended.
 */
export class Connection<M extends { readonly type: string }> {
  readonly #listener: Listener<M | EndedMessage>;
  readonly #token: string;
  #wait = FIRST_WAIT;
  #isOver = false;

  private constructor(listener: Listener<M | EndedMessage>, token: string) {
    this.#listener = listener;
    this.#token = token;
    this.#open();
  }

  /** Starts a connection if the page has a token. */
  static begin<M extends { readonly type: string }>(listener: Listener<M | EndedMessage>): void {
    if (token === undefined) listener.onLink({ type: 'uninvited' });
    else new Connection<M>(listener, token);
  }

  #open(): void {
    const socket = openSocket('/ws', this.#token);
    socket.addEventListener('open', () => this.#listener.onLink({ type: 'live' }));
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as M | EndedMessage));
    socket.addEventListener('close', () => this.#lose());
  }

  #receive(message: M | EndedMessage): void {
    this.#wait = FIRST_WAIT;
    if (isEnd(message)) {
      this.#isOver = true;
      this.#listener.onLink({ type: 'over', reason: message.reason });
    }
    this.#listener.onMessage(message);
  }

  #lose(): void {
    if (this.#isOver) return;
    const wait = this.#wait;
    this.#wait = Math.min(2 * wait, LONGEST_WAIT);
    this.#listener.onLink({ type: 'lost', wait });
    setTimeout(() => void this.#retry(), wait);
  }

  /** Sends a request before the socket is opened again: a refused socket does not give a reason, but a request does. */
  async #retry(): Promise<void> {
    try {
      const headers = { authorization: `Bearer ${this.#token}` };
      const { status } = await fetch('/ws', { method: 'HEAD', cache: 'no-store', headers });
      if (status === 401) return this.#listener.onLink({ type: 'stranger' });
    } catch {
      return this.#lose();
    }
    this.#open();
  }
}

function isEnd(message: { readonly type: string }): message is EndedMessage {
  return message.type === 'ended';
}
