import type { WebSocket } from 'ws';
import { clearInterval, setInterval } from '../../actors/tooling.ts';
import type { FleetMessage } from '../messages.ts';
import { Pulse } from '../server/pulse.ts';
import { MOST_UNSENT } from '../server/viewers.ts';
import { FleetView, type InspectedFleet } from './fleet-view.ts';

/** The time between two looks at the fleet. In ms. */
const TURN = 1000;
/** The number of turns between two pings. */
const TURNS_A_PING = 10;

/** The viewers of a fleet. Without viewers, nobody asks the nodes, and no timer runs. */
export class FleetViewers {
  readonly #view: FleetView;
  readonly #onEnd: () => void;
  readonly #viewers = new Set<WebSocket>();
  readonly #pulse = new Pulse();
  #timer: NodeJS.Timeout | undefined;
  #turns = 0;
  #last: string | undefined;
  #isOver = false;

  /** `onEnd` is called when the fleet is closed. */
  constructor(fleet: InspectedFleet, onEnd: () => void) {
    this.#view = new FleetView(fleet, {
      onLook: (message) => this.#send(message),
      onClosed: () => this.#end(),
    });
    this.#onEnd = onEnd;
  }

  /** The number of viewers. */
  get size(): number {
    return this.#viewers.size;
  }

  /** Sends the state of the fleet to a new viewer, and again each second. */
  add(socket: WebSocket): void {
    this.#viewers.add(socket);
    this.#pulse.follow(socket);
    socket.on('close', () => {
      this.#viewers.delete(socket);
      if (this.#viewers.size === 0) this.stop();
    });
    // What was seen last shows the page at once; the first look may take a second.
    if (this.#last !== undefined) socket.send(this.#last);
    if (this.#timer !== undefined || this.#isOver) return;
    this.#timer = setInterval(() => this.#turn(), TURN);
    this.#timer.unref?.();
    this.#view.refresh();
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#last = undefined;
  }

  #turn(): void {
    const isPing = ++this.#turns % TURNS_A_PING === 0;
    if (isPing) for (const socket of this.#viewers) this.#pulse.beat(socket);
    this.#view.refresh();
  }

  #send(message: FleetMessage): void {
    this.#last = JSON.stringify(message);
    for (const socket of this.#viewers) if (socket.bufferedAmount <= MOST_UNSENT) socket.send(this.#last);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.stop();
    const text = JSON.stringify({ type: 'ended', reason: 'the fleet was closed in this program' });
    for (const socket of this.#viewers) socket.send(text);
    this.#onEnd();
  }
}
