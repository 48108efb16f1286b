import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { UsageError } from '../../actors/index.ts';
import { clearTimeout, setTimeout } from '../../actors/tooling.ts';
import { fileAt, headersOf, type Subject } from './files.ts';
import { Gate, type Refusal } from './gate.ts';
import { Strangers } from './strangers.ts';

/** The largest message from a viewer: the server ignores their content. In bytes. */
const LONGEST_FRAME = 1024;
/** The most viewers at a time. */
const MOST_VIEWERS = 100;
/** The time that a viewer has for its closing handshake. In ms. */
const CLOSING_TIME = 500;
/** The agreed subprotocol for a client that offers it. The server never sends back the subprotocol with the token. */
const PROTOCOL = 'statepool';
/** The status texts of a refused upgrade. */
const WORDS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  421: 'Misdirected Request',
  503: 'Service Unavailable',
};

/** The format of a viewer's messages: those of our own page, or Stately's. */
export type Language = 'page' | 'stately';

/** The paths of the sockets, and what is spoken there. */
type Languages = Readonly<Record<string, Language>>;

const LANGUAGES: Readonly<Record<Subject, Languages>> = {
  pool: { '/ws': 'page', '/inspect': 'stately' },
  fleet: { '/ws': 'page' },
};

/** A server on 127.0.0.1 that serves the page and accepts viewers. It never keeps the program alive by itself. */
export class InspectorServer {
  readonly port: number;
  readonly #gate = new Gate();
  readonly #strangers = new Strangers();
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #subject: Subject;
  readonly #languages: Languages;
  readonly #onViewer: (viewer: WebSocket, language: Language) => void;

  private constructor(http: Server, subject: Subject, onViewer: (viewer: WebSocket, language: Language) => void) {
    this.#http = http;
    this.#subject = subject;
    this.#languages = LANGUAGES[subject];
    this.#onViewer = onViewer;
    this.port = (http.address() as AddressInfo).port;
    const options = {
      noServer: true,
      maxPayload: LONGEST_FRAME,
      perMessageDeflate: false,
      // This option is newer than the types of `ws`.
      closeTimeout: CLOSING_TIME,
      handleProtocols: (offered: ReadonlySet<string>) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    } as const;
    this.#sockets = new WebSocketServer(options);
    // Neither the server nor its connections keep the program alive.
    http.unref();
    // A client that pipelines requests must not make the server read the page for each of them.
    http.maxRequestsPerSocket = 1;
    http.on('connection', (socket) => {
      socket.unref();
      this.#strangers.add(socket);
    });
    http.on('request', (request, response) => void this.#answer(request, response));
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Starts to listen. `port` 0 is any free port. @throws {UsageError} if the port is not available */
  static async listen(
    port: number,
    subject: Subject,
    onViewer: (viewer: WebSocket, language: Language) => void,
  ): Promise<InspectorServer> {
    const http = createServer();
    await new Promise<void>((resolve, reject) => {
      http.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'it is in use' : error.message;
        reject(new UsageError(`the inspector cannot use port ${port}: ${why}; port 0 takes any free port`));
      });
      http.listen(port, '127.0.0.1', resolve);
    });
    http.removeAllListeners('error');
    return new InspectorServer(http, subject, onViewer);
  }

  /**
   * The address to open. The token is in the fragment: a browser does not send that, and only the page's script reads
   * it.
   */
  get url(): string {
    return `http://127.0.0.1:${this.port}/#token=${this.#gate.token}`;
  }

  /** Sets whether the server keeps the program alive while it waits for a viewer. */
  ref(isNeeded: boolean): void {
    if (isNeeded) this.#http.ref();
    else this.#http.unref();
  }

  /**
   * Accepts no new connection and closes the others; resolves when they are gone. No client delays that: a viewer
   * without a closing handshake in time is cut off.
   */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#strangers.endAll();
    const viewers = [...this.#sockets.clients];
    const gone = viewers.map((viewer) => {
      viewer.close(1001, 'the inspector has stopped');
      return new Promise((resolve) => viewer.on('close', resolve));
    });
    const timer = setTimeout(() => {
      for (const viewer of viewers) viewer.terminate();
    }, CLOSING_TIME);
    await Promise.all(gone);
    clearTimeout(timer);
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    const path = url.pathname;
    const isSocket = Object.hasOwn(this.#languages, path);
    const refusal = this.#gate.refusalOf(request, url, isSocket);
    const isHead = request.method === 'HEAD';
    const end = (status: number, type: string, body: string | Buffer, more: Record<string, string> = {}) => {
      const length = String(Buffer.byteLength(body));
      const headers = { ...headersOf(path), 'content-type': type, 'content-length': length, ...more };
      // An open connection would only hold a file descriptor.
      response.writeHead(status, { ...headers, connection: 'close' });
      response.end(isHead ? undefined : body);
    };
    const say = (status: number, text: string, more?: Record<string, string>) =>
      end(status, 'text/plain; charset=utf-8', `${text}\n`, more);
    if (refusal !== undefined) return say(refusal.status, refusal.text, allowOf(refusal));
    // A page asks so before it connects again; a browser would print an error for each status from 400.
    if (isSocket && isHead) return void response.writeHead(204, { ...headersOf(path), connection: 'close' }).end();
    if (isSocket) return say(426, 'This path is for WebSockets.', { upgrade: 'websocket' });
    try {
      const file = await fileAt(this.#subject, path);
      if (file === undefined) return say(404, 'There is nothing here.');
      return end(200, file.type, file.body);
    } catch {
      return say(500, 'The page is missing from the package: it was not built.');
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const url = urlOf(request);
    const refusal = this.#gate.refusalOf(request, url, true);
    if (refusal !== undefined) return refuse(socket, refusal.status, refusal.text);
    const language = Object.hasOwn(this.#languages, url.pathname) ? this.#languages[url.pathname] : undefined;
    if (language === undefined) return refuse(socket, 404, 'There is nothing here.');
    if (this.#sockets.clients.size >= MOST_VIEWERS) {
      return refuse(socket, 503, `${MOST_VIEWERS} viewers are connected: close one of them.`);
    }
    this.#sockets.handleUpgrade(request, socket, head, (viewer) => {
      // This is an over-long frame or a broken connection: `ws` closes it, and `close` follows.
      viewer.on('error', () => {});
      this.#strangers.release(socket);
      this.#onViewer(viewer, language);
    });
  }
}

function refuse(socket: Duplex, status: number, text: string): void {
  const headers = Object.entries({ ...headersOf(), 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  const lines = [`HTTP/1.1 ${status} ${WORDS[status]}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  // The connection ends when the refusal is sent: otherwise the refused client could keep it open for any time.
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}\n`, () => socket.destroy());
}

function allowOf({ status }: Refusal): Record<string, string> {
  return status === 405 ? { allow: 'GET, HEAD' } : {};
}

/** Returns the path and query of a request as a URL. Its host is not used: `Host` is checked instead. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://127.0.0.1';
  return new URL(URL.canParse(`${base}${url}`) && url.startsWith('/') ? `${base}${url}` : `${base}/nowhere`);
}
