import type { WebSocket } from 'ws';
import type { InspectionEvent } from 'xstate';
import type { InspectedPool, SupervisorActor, Watcher } from '../../actors/inspection.ts';
import { clearInterval, setInterval } from '../../actors/tooling.ts';
import { EventSampler } from '../view/event-sampler.ts';
import { LivePoolView } from '../view/pool-view.ts';
import { StatelyView } from '../view/stately.ts';
import { Pulse } from './pulse.ts';
import type { Language } from './server.ts';

/** The time between two turns. In ms. */
const TURN = 100;
/** The number of turns between two pings: every ten seconds the server checks whether its viewers still answer. */
const TURNS_A_PING = 100;
/** The most unsent bytes of a viewer. A viewer with more is slow: it gets nothing until it has caught up. */
export const MOST_UNSENT = 1 << 20;

/** One connected viewer. */
interface Viewer {
  readonly language: Language;
  /** Is `true` if the viewer was slow and has missed messages. */
  isBehind: boolean;
}

/** The parts of one view of a pool. A session lasts from the first viewer's arrival until the last viewer has left. */
interface Session {
  readonly view: LivePoolView;
  /**
   * The view for Stately. Each time a first such viewer connects, it is made again, because it tracks the states that
   * were sent.
   */
  stately: StatelyView | undefined;
  readonly sampler: EventSampler;
  readonly timer: NodeJS.Timeout;
}

/** The viewers of a pool. Without viewers, no inspection is attached to the pool and no timer runs. */
export class Viewers implements Watcher {
  readonly #core: InspectedPool;
  readonly #actor: SupervisorActor;
  readonly #viewers = new Map<WebSocket, Viewer>();
  readonly #pulse = new Pulse();
  #session: Session | undefined;
  #turns = 0;

  constructor(core: InspectedPool, actor: SupervisorActor) {
    this.#core = core;
    this.#actor = actor;
  }

  /** The number of viewers. */
  get size(): number {
    return this.#viewers.size;
  }

  /** Sends the whole state to a new viewer, and then the changes. */
  add(socket: WebSocket, language: Language): void {
    const viewer: Viewer = { language, isBehind: false };
    const session = this.#begin();
    if (language === 'stately' && !this.#speaks('stately'))
      session.stately = new StatelyView(this.#actor, session.view.actors);
    this.#viewers.set(socket, viewer);
    session.view.follow(this.#speaks('page'));
    this.#pulse.follow(socket);
    socket.on('close', () => {
      this.#viewers.delete(socket);
      if (this.#viewers.size === 0) this.#end();
      else session.view.follow(this.#speaks('page'));
    });
    this.#introduce(socket, viewer, session);
  }

  exited(...[seat, exit]: Parameters<Watcher['exited']>): void {
    this.#session?.view.exited(seat, exit);
  }

  /** Sends the end of the pool to all viewers. The server closes their sockets. */
  ended(): void {
    this.#turn();
    const text = JSON.stringify({ type: 'ended', reason: 'the pool has ended' });
    for (const [socket, { language }] of this.#viewers) if (language === 'page') socket.send(text);
    this.#end();
  }

  #begin(): Session {
    if (this.#session !== undefined) return this.#session;
    const view = new LivePoolView(this.#core, this.#actor);
    const sampler = new EventSampler(this.#actor, (event: InspectionEvent) => {
      view.observe(event);
      if (this.#speaks('stately')) this.#session?.stately?.observe(event);
    });
    const timer = setInterval(() => this.#turn(), TURN);
    timer.unref();
    this.#session = { view, stately: undefined, sampler, timer };
    sampler.open();
    return this.#session;
  }

  #end(): void {
    if (this.#session === undefined) return;
    clearInterval(this.#session.timer);
    this.#session.sampler.close();
    this.#session.view.follow(false);
    this.#session = undefined;
  }

  #introduce(socket: WebSocket, viewer: Viewer, { view, stately }: Session): void {
    viewer.isBehind = false;
    if (viewer.language === 'page') socket.send(JSON.stringify(view.full()));
    else for (const message of stately?.full() ?? []) socket.send(JSON.stringify(message));
  }

  #turn(): void {
    const session = this.#session;
    if (session === undefined) return;
    const change = session.view.tick(session.sampler.isSpent);
    const texts = {
      page: change === undefined ? [] : [JSON.stringify(change)],
      stately: this.#speaks('stately') ? (session.stately?.tick() ?? []).map((message) => JSON.stringify(message)) : [],
    };
    session.sampler.open();
    session.view.follow(this.#speaks('page'));
    const isPing = ++this.#turns % TURNS_A_PING === 0;
    for (const [socket, viewer] of this.#viewers) {
      if (isPing && !this.#pulse.beat(socket)) continue;
      if (socket.bufferedAmount > MOST_UNSENT) viewer.isBehind = true;
      else if (viewer.isBehind) this.#introduce(socket, viewer, session);
      else for (const text of texts[viewer.language]) socket.send(text);
    }
  }

  #speaks(language: Language): boolean {
    for (const viewer of this.#viewers.values()) if (viewer.language === language) return true;
    return false;
  }
}
