import net from 'node:net';
import { UsageError } from '../actors/index.ts';
import { clearTimeout, quoted, setImmediate, setTimeout } from '../actors/tooling.ts';
import { ManagerClients } from './manager/clients.ts';

/** The time in which a client must send its first line. In ms. */
const HELLO = 1000;

/** The longest line of a client, in characters. */
const LONGEST = 100;

/** A running work manager. */
export interface WorkManager {
  /** The number of tokens. */
  readonly size: number;
  /** The number of tokens that clients hold. */
  readonly held: number;
  /** The environment variables that lead programs to this manager: Rocq's, and that of its versions named Coq. */
  readonly env: { readonly ROCQWORKMGR_SOCK: string; readonly COQWORKMGR_SOCK: string };
  /** Ends all connections, and the server. */
  close(): Promise<void>;
}

/**
 * Starts a work manager with a budget of `n` tokens on a port of this machine. It speaks the protocol of Rocq's work
 * manager. The tokens of a client that is gone are free at once, its place among those that wait is gone with it, and a
 * client that is silent, or writes half a line, holds up nobody. A client that sends no hello within a second is
 * disconnected, and so is one that breaks the protocol.
 *
 * OCaml: tools/coqworkmgr.ml.
 *
 * @throws {UsageError} for a number below 1
 *
 * @example
 * import { startWorkManager, workManager } from 'statepool/tokens';
 *
 * const manager = await startWorkManager(4);
 * await using pool = createPool(kind, { size: 8, tokens: workManager(manager.env) });
 */
export async function startWorkManager(n: number): Promise<WorkManager> {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new UsageError(`the work manager got ${quoted(n)}: it must be a whole number of tokens, at least 1`);
  const clients = new ManagerClients(n);
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, clients);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  return {
    size: n,
    get held() {
      return clients.held;
    },
    env: { ROCQWORKMGR_SOCK: address, COQWORKMGR_SOCK: address },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Serves one client until it goes, or breaks the protocol. */
function serve(socket: net.Socket, clients: ManagerClients): void {
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  const client = clients.add((line) => socket.write(`${line}\n`));
  const timer = setTimeout(() => {
    // This process may have been busy: a hello that has arrived meanwhile is read first.
    setImmediate(() => client.priority ?? socket.destroy());
  }, HELLO);
  let text = '';
  socket.on('data', (more: string) => {
    text += more;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      const isGoing = clients.receive(client, line.replace(/\r$/, ''));
      if (client.priority !== undefined) clearTimeout(timer);
      if (!isGoing) return void socket.destroySoon();
    }
    if (text.length > LONGEST) socket.destroy();
  });
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.once('close', () => {
    clearTimeout(timer);
    clients.remove(client);
  });
}
