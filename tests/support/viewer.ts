import type { ExecutionContext } from 'ava';
import type { ActorView, ToPage } from 'statepool/inspect';
import { WebSocket } from 'ws';
import { Seen } from './witness.ts';

/** The address of a pool that is open to view. */
export interface Opened {
  readonly url: string;
  readonly port: number;
}

/** Returns the token in the printed address. */
export function tokenOf({ url }: Pick<Opened, 'url'>): string {
  return new URL(url).hash.replace('#token=', '');
}

/** Returns the address of a page of the inspector, as a browser opens it. */
export function pageOf({ url }: Pick<Opened, 'url'>, path: string): string {
  const { origin, hash } = new URL(url);
  return `${origin}${path}${hash}`;
}

/** Returns the address of a WebSocket of the inspector, for programs that can pass only an address. */
export function socketOf(view: Pick<Opened, 'url'>, path: string): string {
  return `ws://${new URL(view.url).host}${path}?token=${tokenOf(view)}`;
}

/** A viewer of a pool that records its messages, as the page does. */
export class Viewer extends Seen<ToPage> {
  readonly socket: WebSocket;
  /** Every message, as received. */
  readonly texts: string[] = [];
  readonly closed: Promise<number>;

  constructor(t: ExecutionContext, view: Opened, path = '/ws') {
    super();
    this.socket = new WebSocket(socketOf(view, path), { perMessageDeflate: false });
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
    this.socket.on('message', (data) => {
      this.texts.push(String(data));
      this.add(JSON.parse(String(data)) as ToPage);
    });
    t.teardown(() => this.socket.terminate());
  }

  /** The actors in their latest version. */
  get actors(): ReadonlyMap<string, ActorView> {
    const actors = new Map<string, ActorView>();
    for (const message of this.all) {
      if (message.type === 'ended') continue;
      for (const actor of message.actors) actors.set(actor.id, actor);
      if (message.type === 'tick') for (const id of message.forgotten) actors.delete(id);
    }
    return actors;
  }

  /** Waits until an actor satisfies a condition. */
  async actor(is: (actor: ActorView) => boolean): Promise<ActorView> {
    const find = () => [...this.actors.values()].find(is);
    await this.untilAll(() => find() !== undefined);
    return find() as ActorView;
  }

  /** Waits for a message whose header or queue satisfies a condition. */
  async reads(
    is: (message: Exclude<ToPage, { type: 'ended' }>) => boolean,
  ): Promise<Exclude<ToPage, { type: 'ended' }>> {
    const fits = (message: ToPage) => message.type !== 'ended' && is(message);
    return (await this.until(fits)) as Exclude<ToPage, { type: 'ended' }>;
  }
}
