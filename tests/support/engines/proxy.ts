import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy before an engine, as a network that fails. */
export interface Gate {
  readonly port: number;
  /** Cuts all connections, and refuses new ones until `heal`. */
  cut(): void;
  /** Swallows everything on the connections of now, for ever and without a word, and on new ones until `heal`. */
  swallow(): void;
  /** Brings what the clients send to the engine, and swallows its answers on the connections of now. */
  deafen(): void;
  /** Lets new connections through. */
  heal(): void;
  close(): Promise<void>;
}

/** Starts a proxy before a port of this machine. */
export async function startProxy(target: number): Promise<Gate> {
  let mode: 'open' | 'cut' | 'silent' = 'open';
  const pairs = new Set<readonly [Socket, Socket | undefined]>();
  const server = createServer((client) => {
    client.on('error', () => {});
    if (mode === 'cut') return void client.destroy();
    if (mode === 'silent') {
      pairs.add([client, undefined]);
      return void client.resume();
    }
    const engine = connect(target, '127.0.0.1');
    const pair = [client, engine] as const;
    pairs.add(pair);
    engine.on('error', () => {});
    client.pipe(engine);
    engine.pipe(client);
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      one.on('close', () => {
        pairs.delete(pair);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = () => {
    for (const pair of pairs) for (const socket of pair) socket?.destroy();
    pairs.clear();
  };
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      mode = 'cut';
      end();
    },
    swallow() {
      mode = 'silent';
      for (const [client, engine] of pairs) {
        client.unpipe();
        client.resume();
        engine?.unpipe();
        engine?.resume();
      }
    },
    deafen() {
      for (const [, engine] of pairs) {
        engine?.unpipe();
        engine?.resume();
      }
    },
    heal() {
      mode = 'open';
    },
    async close() {
      end();
      server.close();
      await once(server, 'close');
    },
  };
}
