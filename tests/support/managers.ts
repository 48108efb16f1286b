import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import type { ExecutionContext } from 'ava';
import { startWorkManager } from 'statepool/tokens';
import { testWith } from './running.ts';
import { Seen } from './witness.ts';

/** The environment that leads to a manager. */
export type ManagerEnv = { readonly COQWORKMGR_SOCK: string };

/** Starts a work manager with so many tokens, which ends with the test. */
type Start = (t: ExecutionContext, size: number) => Promise<ManagerEnv>;

/** Starts our own work manager. */
export const startOurs: Start = async (t, size) => {
  const manager = await startWorkManager(size);
  t.teardown(() => manager.close());
  return manager.env;
};

/** Starts the one of Coq. */
const startReal: Start = async (t, size) => {
  const child = spawn('coqworkmgr', ['-j', String(size), '-d'], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.teardown(() => child.kill());
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { COQWORKMGR_SOCK: String(line).trim().split('=')[1] as string };
};

/** Declares a test with our own work manager, and one with that of Coq, if it is installed. */
export function onEachManager(title: string, body: (t: ExecutionContext, start: Start) => Promise<void>): void {
  for (const [name, start, declare] of [
    ['ours', startOurs, testWith()],
    ['coqworkmgr', startReal, testWith('coqworkmgr')],
  ] as const) {
    declare(`${name}: ${title}`, async (t) => {
      t.timeout(60_000);
      await body(t, start);
    });
  }
}

/** Passes everything between a client and a manager on, and notes each line. */
export async function listenTo(t: ExecutionContext, port: number): Promise<{ address: string; lines: Seen<string> }> {
  const lines = new Seen<string>();
  const server = net.createServer((client) => {
    const manager = net.connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, manager],
      [manager, client],
    ] as const) {
      from.on('data', (text) => {
        for (const line of String(text).trim().split('\n')) lines.add(line);
        to.write(text);
      });
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as net.AddressInfo).port}`, lines };
}

/** A client that speaks the protocol line by line, as a test wants it. */
export class PlainClient {
  readonly socket: net.Socket;
  readonly #lines: string[] = [];
  readonly #waiting: ((line: string) => void)[] = [];
  readonly closed: Promise<unknown>;

  constructor({ COQWORKMGR_SOCK: address }: ManagerEnv, hello = 'HELLO LOW\n') {
    const [host = '', port] = address.split(':');
    this.socket = net.connect(Number(port), host);
    this.socket.on('error', () => {});
    this.closed = once(this.socket, 'close').then(() => 'closed');
    let text = '';
    this.socket.setEncoding('latin1').on('data', (more: string) => {
      const lines = (text + more).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const next = this.#waiting.shift();
        if (next === undefined) this.#lines.push(line);
        else next(line);
      }
    });
    this.write(hello);
  }

  write(text: string): void {
    if (text !== '') this.socket.write(text);
  }

  /** Resolves with the next line of the manager. */
  line(): Promise<string> {
    const known = this.#lines.shift();
    return known === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(known);
  }

  /** Sends a line, and resolves with the answer to it. */
  ask(text: string): Promise<string> {
    this.write(`${text}\n`);
    return this.line();
  }

  end(): void {
    this.socket.destroy();
  }
}

/** Returns how many tokens of a manager are in use, as it says itself. */
export async function usedIn(env: ManagerEnv): Promise<number> {
  const answer = await new PlainClient(env).ask('PING');
  return Number(/^PONG (\d+) /.exec(answer)?.[1]);
}

/** Waits until so many tokens of a manager are in use. */
export async function untilUsed(env: ManagerEnv, n: number): Promise<void> {
  while ((await usedIn(env)) !== n);
}
