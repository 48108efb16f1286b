import net from 'node:net';
import { quoted } from '../../actors/tooling.ts';
import type { TokenPriority } from '../source.ts';
import { Waits } from '../waits.ts';

/** The longest line of a manager, in characters. */
const LONGEST = 100;

/** One connection to a work manager, made when it is first needed, and made again after it has failed. */
export class ManagerLink {
  /** The waits for tokens of this connection. */
  readonly waits = new Waits();
  readonly #address: { readonly host: string; readonly port: number };
  readonly #priority: TokenPriority;
  readonly #onFailure: (error: Error) => void;
  #socket: net.Socket | undefined;
  #text = '';
  /** The number of tokens in the request that the manager has not answered; there is one request at a time. */
  #requested = 0;
  /** The number of tokens that the manager has granted on this connection, and that have not gone back. */
  #held = 0;
  /** The number of tokens that are in use, and that the manager took back when an earlier connection ended. */
  #owed = 0;
  #closed: Promise<void> | undefined;
  #onClosed: (() => void) | undefined;

  constructor(
    address: { readonly host: string; readonly port: number },
    priority: TokenPriority,
    onFailure: (error: Error) => void,
  ) {
    this.#address = address;
    this.#priority = priority;
    this.#onFailure = onFailure;
  }

  /** Requests the tokens that are waited for, unless a request is under way. */
  ask(): void {
    if (this.#requested > 0 || this.waits.isEmpty || this.#onClosed !== undefined) return this.rest();
    const socket = this.#socket ?? this.#connect();
    this.#requested = this.waits.size + this.#owed;
    socket.ref();
    socket.write(`GET ${this.#requested}\n`);
  }

  /** Lets the program end if nothing is waited for. A request that is under way is waited for: its token must go back. */
  rest(): void {
    if (this.#requested === 0) this.#socket?.unref();
  }

  /** Gives one token back; returns false if this connection has granted none. */
  give(): boolean {
    if (this.#owed > 0) this.#owed--;
    else if (this.#held > 0) this.#giveBack();
    else return false;
    return true;
  }

  /**
   * Ends the connection, which gives all its tokens back. A request that is under way is answered first: a manager may
   * give the place of a client that has gone to another one.
   */
  close(): Promise<void> {
    if (this.#socket === undefined) return this.#closed ?? Promise.resolve();
    this.#closed ??= new Promise((resolve) => {
      this.#onClosed = resolve;
      this.#socket?.ref();
      if (this.#requested === 0) this.#socket?.end();
    });
    return this.#closed;
  }

  #connect(): net.Socket {
    const socket = net.connect(this.#address);
    this.#socket = socket;
    this.#text = '';
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    // In the first packet: a manager may wait for this line, and serve nobody meanwhile.
    socket.write(`HELLO ${this.#priority.toUpperCase()}\n`);
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', (error) => this.#end(socket, error));
    socket.on('close', () => this.#end(socket, new Error('it has closed the connection')));
    return socket;
  }

  #read(text: string): void {
    const socket = this.#socket as net.Socket;
    this.#text += text;
    for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      const n = Number(/^TOKENS (\d{1,6})\r?$/.exec(line)?.[1] ?? 0);
      if (n < 1 || n > this.#requested)
        return this.#end(
          socket,
          new Error(`it wrote ${quoted(line)}, and TOKENS 1 to ${this.#requested} was expected`),
        );
      this.#receive(n);
    }
    if (this.#text.length > LONGEST)
      this.#end(socket, new Error(`it wrote ${quoted(this.#text.slice(0, LONGEST))}, which is no line of a manager`));
  }

  #receive(n: number): void {
    this.#requested = 0;
    this.#held += n;
    for (let i = 0; i < n; i++) {
      if (this.#owed > 0) this.#owed--;
      else if (!this.waits.grant()) this.#giveBack();
    }
    if (this.#onClosed !== undefined) this.#socket?.end();
    else this.ask();
  }

  /** Writes one line for each token: a manager may wake one client for each line. */
  #giveBack(): void {
    this.#held--;
    this.#socket?.write('GIVEBACK 1\n');
  }

  #end(socket: net.Socket, error: Error): void {
    if (this.#socket !== socket) return;
    socket.destroy();
    this.#socket = undefined;
    const isUsed = this.#held > 0 || this.#requested > 0;
    this.#owed += this.#held;
    [this.#held, this.#requested] = [0, 0];
    if (this.#onClosed !== undefined) this.#onClosed();
    // A manager may end a connection that nobody uses: the next request makes another one.
    else if (isUsed) this.#onFailure(error);
  }
}
