import type { Duplex } from 'node:stream';
import { clearTimeout, setTimeout } from '../../actors/tooling.ts';

/** How long a connection may stay that has not become a viewer's, whatever it does. In ms. */
const LONGEST_STAY = 5000;
/** How many of them stay at most. More than viewers: all of those may come at the same moment. */
const MOST = 128;

/**
 * The connections of those who have not shown the token. Everybody on this machine can open them, and each holds one of the
 * program's file descriptors: so they end soon, and there are never many. When one more comes, the oldest goes, so that who
 * holds all of them keeps nobody else out.
 */
export class Strangers {
  /** In the order in which they came. */
  readonly #timers = new Map<Duplex, NodeJS.Timeout>();

  /** One has come. */
  add(socket: Duplex): void {
    if (this.#timers.size >= MOST) this.#oldest()?.destroy();
    const timer = setTimeout(() => socket.destroy(), LONGEST_STAY);
    timer.unref();
    this.#timers.set(socket, timer);
    socket.on('close', () => this.release(socket));
  }

  /** It has shown the token, or is gone. */
  release(socket: Duplex): void {
    clearTimeout(this.#timers.get(socket));
    this.#timers.delete(socket);
  }

  /** Ends all of them. */
  endAll(): void {
    for (const socket of this.#timers.keys()) socket.destroy();
  }

  /** It is forgotten at once: its `close` comes later, and meanwhile it would be the oldest again. */
  #oldest(): Duplex | undefined {
    const [socket] = this.#timers.keys();
    if (socket !== undefined) this.release(socket);
    return socket;
  }
}
