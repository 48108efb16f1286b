import type { WebSocket } from 'ws';
import type { InspectionEvent } from 'xstate';
import type { InspectedPool, SupervisorActor, Watcher } from '../../actors/inspection.ts';
import { clearInterval, setInterval } from '../../actors/tooling.ts';
import { EventSampler } from '../view/event-sampler.ts';
import { LivePoolView } from '../view/pool-view.ts';
import { StatelyView } from '../view/stately.ts';
import type { Language } from './server.ts';

/** Between two turns. In ms. */
const TURN = 100;
/** Every so many turns it is asked whether viewers still live: every ten seconds. */
const TURNS_A_PING = 100;
/** A viewer with more than this on its way to it is slow: it gets nothing until it has caught up. In bytes. */
const MOST_UNSENT = 1 << 20;

/** Somebody who looks. */
interface Viewer {
  readonly language: Language;
  /** It was slow, and has missed something. */
  isBehind: boolean;
  /** It has answered since it was last asked. */
  isAlive: boolean;
}

/** One look at a pool, from the first viewer's coming to the last one's going. */
interface Look {
  readonly view: LivePoolView;
  /** Made anew for the first of its viewers: it knows what they have been told. */
  stately: StatelyView | undefined;
  readonly sampler: EventSampler;
  readonly timer: NodeJS.Timeout;
}

/** Those who look at a pool. While there is nobody, nothing is attached to it and no timer runs. */
export class Viewers implements Watcher {
  readonly #core: InspectedPool;
  readonly #actor: SupervisorActor;
  readonly #viewers = new Map<WebSocket, Viewer>();
  #look: Look | undefined;
  #turns = 0;

  constructor(core: InspectedPool, actor: SupervisorActor) {
    this.#core = core;
    this.#actor = actor;
  }

  /** How many look. */
  get size(): number {
    return this.#viewers.size;
  }

  /** Shows somebody all there is, and from now on what changes. */
  add(socket: WebSocket, language: Language): void {
    const viewer: Viewer = { language, isBehind: false, isAlive: true };
    const look = this.#begin();
    if (language === 'stately' && !this.#speaks('stately'))
      look.stately = new StatelyView(this.#actor, look.view.actors);
    this.#viewers.set(socket, viewer);
    socket.on('pong', () => {
      viewer.isAlive = true;
    });
    socket.on('close', () => {
      this.#viewers.delete(socket);
      if (this.#viewers.size === 0) this.#end();
    });
    this.#introduce(socket, viewer, look);
  }

  exited(...[seat, exit]: Parameters<Watcher['exited']>): void {
    this.#look?.view.actors.exited(seat, exit);
  }

  /** Tells everybody how it ended; they are shown out by whoever let them in. */
  ended(): void {
    this.#turn();
    const text = JSON.stringify({ type: 'ended', reason: 'the pool has ended' });
    for (const [socket, { language }] of this.#viewers) if (language === 'page') socket.send(text);
    this.#end();
  }

  #begin(): Look {
    if (this.#look !== undefined) return this.#look;
    const view = new LivePoolView(this.#core, this.#actor);
    const sampler = new EventSampler(this.#actor, (event: InspectionEvent) => {
      view.hear(event);
      if (this.#speaks('stately')) this.#look?.stately?.hear(event);
    });
    const timer = setInterval(() => this.#turn(), TURN);
    timer.unref();
    this.#look = { view, stately: undefined, sampler, timer };
    sampler.open();
    return this.#look;
  }

  #end(): void {
    if (this.#look === undefined) return;
    clearInterval(this.#look.timer);
    this.#look.sampler.close();
    this.#look = undefined;
  }

  #introduce(socket: WebSocket, viewer: Viewer, { view, stately }: Look): void {
    viewer.isBehind = false;
    if (viewer.language === 'page') socket.send(JSON.stringify(view.full()));
    else for (const message of stately?.full() ?? []) socket.send(JSON.stringify(message));
  }

  #turn(): void {
    const look = this.#look;
    if (look === undefined) return;
    const change = look.view.tick(look.sampler.isSpent);
    const texts = {
      page: change === undefined ? [] : [JSON.stringify(change)],
      stately: this.#speaks('stately') ? (look.stately?.tick() ?? []).map((message) => JSON.stringify(message)) : [],
    };
    look.sampler.open();
    const isPing = ++this.#turns % TURNS_A_PING === 0;
    for (const [socket, viewer] of this.#viewers) {
      if (isPing && !this.#isThere(socket, viewer)) continue;
      if (socket.bufferedAmount > MOST_UNSENT) viewer.isBehind = true;
      else if (viewer.isBehind) this.#introduce(socket, viewer, look);
      else for (const text of texts[viewer.language]) socket.send(text);
    }
  }

  /** Asks whether somebody is still there who was the last time. */
  #isThere(socket: WebSocket, viewer: Viewer): boolean {
    if (!viewer.isAlive) {
      socket.terminate();
      return false;
    }
    viewer.isAlive = false;
    socket.ping();
    return true;
  }

  #speaks(language: Language): boolean {
    for (const viewer of this.#viewers.values()) if (viewer.language === language) return true;
    return false;
  }
}
