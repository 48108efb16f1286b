import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Kind, PoolOptions } from 'statepool';
import { fixture, type JobTypes, jobs } from './jobs.ts';
import { type AnyPool, type Open, stayAlive } from './pool.ts';

/** What the `end` of a worker does: see tests/fixtures/closing.js. */
export type Way = 'wait' | 'quick' | 'hang' | 'spin' | 'throw' | 'reject' | 'exit' | 'float' | 'uncaught' | 'print';

const { endOf }: { endOf(way: Way, port: number): () => Promise<void> } = await import(fixture('closing.js'));

/** Records each run of the `end` of a kind, in any process or thread. A run is a connection to its server. */
export class Farewells {
  /** The process and thread of each run, in order. */
  readonly runs: string[] = [];
  readonly #open: Socket[] = [];
  #isOver = false;
  readonly #accepted: Promise<void>[] = [];
  readonly #server = createServer((socket) => void this.#accepted.push(this.#onRun(socket)));
  readonly #waiting = new Set<() => void>();

  /** Starts to record, until the end of the test. */
  static async begin(t: ExecutionContext): Promise<Farewells> {
    const farewells = new Farewells();
    farewells.#server.listen(0, '127.0.0.1');
    await once(farewells.#server, 'listening');
    stayAlive(t);
    t.teardown(() => {
      farewells.#isOver = true;
      farewells.allow();
      farewells.#server.close();
    });
    return farewells;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Makes a pool whose kind has this `end`. */
  pool(open: Open, way: Way, options: PoolOptions = {}, functions: Partial<Kind<JobTypes>> = {}): AnyPool {
    const kind = jobs({ name: 'closing', url: fixture('closing.js'), end: endOf(way, this.port), ...functions });
    return open(kind, { env: { WAY: way, PORT: String(this.port) }, ...options });
  }

  /** Waits until `end` has begun as often as `count`. */
  async begun(count: number): Promise<void> {
    while (this.runs.length < count) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Lets all runs that wait come to their end. */
  allow(): void {
    for (const socket of this.#open.splice(0)) socket.destroy();
  }

  /** Returns the number of runs so far. Connections are accepted in order: none is under way after another one. */
  async count(): Promise<number> {
    const socket = createConnection(this.port, '127.0.0.1');
    socket.write('test');
    await once(socket, 'close');
    await Promise.all(this.#accepted);
    return this.runs.length;
  }

  async #onRun(socket: Socket): Promise<void> {
    const data = await new Promise((resolve) => {
      socket
        .on('error', () => {})
        .once('data', resolve)
        .once('close', resolve);
    });
    if (String(data) === 'test') return void socket.destroy();
    this.runs.push(String(data));
    this.#open.push(socket);
    if (this.#isOver) this.allow();
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Returns a promise of the next warning of this process that holds a text. */
export function warningOf(t: ExecutionContext, text: string): Promise<string> {
  return new Promise((resolve) => {
    const listen = ({ message }: Error) => {
      if (message.includes(text)) resolve(message);
    };
    process.on('warning', listen);
    t.teardown(() => void process.off('warning', listen));
  });
}
