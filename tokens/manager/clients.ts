import type { TokenPriority } from '../source.ts';

/** A client of the manager. */
export interface ManagerClient {
  /** The priority of its hello; `undefined` before that. */
  priority: TokenPriority | undefined;
  /** The number of tokens that it holds. */
  held: number;
  readonly write: (line: string) => void;
}

/** The clients of a work manager: what each holds, and who waits for how many tokens. */
export class ManagerClients {
  readonly #size: number;
  readonly #clients = new Set<ManagerClient>();
  /** The requests that wait, in their order. */
  #waiting: { readonly client: ManagerClient; readonly n: number }[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** The number of tokens that clients hold. */
  get held(): number {
    let held = 0;
    for (const client of this.#clients) held += client.held;
    return held;
  }

  /** Adds a client that has said nothing yet; `write` sends it a line. */
  add(write: (line: string) => void): ManagerClient {
    const client: ManagerClient = { priority: undefined, held: 0, write };
    this.#clients.add(client);
    return client;
  }

  /** Removes a client that is gone: its tokens are free, and it no longer waits. */
  remove(client: ManagerClient): void {
    this.#clients.delete(client);
    this.#waiting = this.#waiting.filter((each) => each.client !== client);
    this.#grant();
  }

  /** Acts on a line of a client. Returns false if the connection must end: after a ping, or a line that is not legal. */
  receive(client: ManagerClient, line: string): boolean {
    if (client.priority === undefined) {
      const [, priority] = /^HELLO (LOW|HIGH)$/.exec(line) ?? [];
      client.priority = priority === undefined ? undefined : priority === 'HIGH' ? 'high' : 'low';
      return priority !== undefined;
    }
    if (line === 'PING') {
      client.write(`PONG ${this.held} ${this.#size} ${process.pid}`);
      return false;
    }
    const [, verb, digits] = /^(GET|TRYGET|GIVEBACK) (\d{1,6})$/.exec(line) ?? [];
    const n = Number(digits ?? 0);
    if (n < 1) return false;
    switch (verb) {
      case 'GET':
        this.#waiting.push({ client, n });
        this.#grant();
        return true;
      case 'TRYGET':
        if (this.#left > 0 && this.#waiting.length === 0) this.#give(client, n);
        else client.write('NOLUCK');
        return true;
      default:
        // A client cannot give back what it does not hold.
        if (n > client.held) return false;
        client.held -= n;
        this.#grant();
        return true;
    }
  }

  get #left(): number {
    return this.#size - this.held;
  }

  /** Answers the requests that wait, those with the high priority first, as long as tokens are left. */
  #grant(): void {
    while (this.#left > 0 && this.#waiting.length > 0) {
      const high = this.#waiting.findIndex(({ client }) => client.priority === 'high');
      const [next] = this.#waiting.splice(Math.max(0, high), 1);
      if (next !== undefined) this.#give(next.client, next.n);
    }
  }

  #give(client: ManagerClient, n: number): void {
    const given = Math.min(n, this.#left);
    client.held += given;
    client.write(`TOKENS ${given}`);
  }
}
