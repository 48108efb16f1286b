import type { Duplex } from 'node:stream';
import { clearTimeout, setTimeout } from '../../actors/tooling.ts';

/** The longest time that a connection may stay without the token, whatever it does. In ms. */
const LONGEST_STAY = 5000;
/**
 * The most connections without the token. More than the viewers, because all viewers may connect at the same moment.
 */
const MOST = 128;

/**
 * The connections that have not shown the token. Every program on this machine can open them, and each one holds a file
 * descriptor of this program: so their time and their number are limited. At the limit, a new connection ends the
 * oldest one, so that a client with many connections cannot keep others out.
 */
export class Strangers {
  /** The connections in their order of arrival. */
  readonly #timers = new Map<Duplex, NodeJS.Timeout>();

  /** Adds a connection. */
  add(socket: Duplex): void {
    if (this.#timers.size >= MOST) this.#oldest()?.destroy();
    const timer = setTimeout(() => socket.destroy(), LONGEST_STAY);
    timer.unref();
    this.#timers.set(socket, timer);
    socket.on('close', () => this.release(socket));
  }

  /** Removes a connection that has shown the token or has closed. */
  release(socket: Duplex): void {
    clearTimeout(this.#timers.get(socket));
    this.#timers.delete(socket);
  }

  /** Ends all connections. */
  endAll(): void {
    for (const socket of this.#timers.keys()) socket.destroy();
  }

  /**
   * Returns the oldest connection and removes it at once. Its `close` comes later, and until then it would be the
   * oldest again.
   */
  #oldest(): Duplex | undefined {
    const [socket] = this.#timers.keys();
    if (socket !== undefined) this.release(socket);
    return socket;
  }
}
