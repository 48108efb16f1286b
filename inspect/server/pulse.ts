import type { WebSocket } from 'ws';

/** Finds out which viewers are gone without a word: it pings them, and cuts off those that have not answered the last ping. */
export class Pulse {
  /** The viewers that have not answered. */
  readonly #silent = new WeakSet<WebSocket>();

  /** Listens to the answers of a viewer. */
  follow(socket: WebSocket): void {
    socket.on('pong', () => this.#silent.delete(socket));
  }

  /** Pings a viewer. Returns `false` if it has not answered the last ping; it is then disconnected. */
  beat(socket: WebSocket): boolean {
    if (this.#silent.has(socket)) {
      socket.terminate();
      return false;
    }
    this.#silent.add(socket);
    socket.ping();
    return true;
  }
}
