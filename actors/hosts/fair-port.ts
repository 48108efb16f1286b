import type { MessagePort } from 'node:worker_threads';
import { performanceNow, setImmediate } from '../platform/platform.ts';

/** The longest time that the event loop stays with the messages of one port, in ms. */
const TURN = 4;

/** The number of messages after which the port looks whether they all came in one turn of the event loop. */
const STRIDE = 8;

/**
 * A port that shares the event loop with everything else in it. Node hands out up to 1,000 messages of a port in a row,
 * with those that come meanwhile: a thread that answers as fast as its answers are read would keep the answers of all
 * other threads, timers and connections waiting.
 */
export class FairPort {
  readonly #port: MessagePort;
  readonly #receive: (message: unknown) => void;
  /** The time of a message in this turn of the event loop, once there were some. */
  #since: number | undefined;
  /** Is true while the port leaves the rest of the turn to others. */
  #isResting = false;
  #messages = 0;
  #isNeeded = true;
  #isClosed = false;

  constructor(port: MessagePort, receive: (message: unknown) => void) {
    this.#port = port;
    this.#receive = receive;
    port.on('message', this.#listen);
  }

  /** Sets whether the port keeps the event loop alive. */
  ref(isNeeded: boolean): void {
    this.#isNeeded = isNeeded;
    if (isNeeded) this.#port.ref();
    else this.#port.unref();
  }

  close(): void {
    this.#isClosed = true;
    this.#port.close();
  }

  readonly #listen = (message: unknown): void => {
    if (++this.#messages % STRIDE === 0) this.#share();
    this.#receive(message);
  };

  /** Leaves the next messages to the next turn of the event loop if this turn has lasted long. */
  #share(): void {
    const now = performanceNow();
    if (this.#since === undefined) {
      this.#since = now;
      setImmediate(this.#turn);
    } else if (now - this.#since >= TURN) {
      this.#isResting = true;
      // Node reads a port while it has a listener.
      this.#port.off('message', this.#listen);
    }
  }

  readonly #turn = (): void => {
    this.#since = undefined;
    if (!this.#isResting || this.#isClosed) return;
    this.#isResting = false;
    this.#port.on('message', this.#listen);
    if (!this.#isNeeded) this.#port.unref();
  };
}
