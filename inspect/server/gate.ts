import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The names of this machine, with any port: with `ssh -L` the browser uses another port than this server. */
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;
/** The start of a subprotocol that carries the page's token. */
const OFFER = 'statepool.token.';

/** A refusal: the HTTP status, and a text that says what the sender can do. */
export interface Refusal {
  readonly status: 401 | 403 | 405 | 421;
  readonly text: string;
}

/**
 * Decides which requests get access, by three checks. `Host`: a page of a foreign site whose name resolves to 127.0.0.1
 * still sends its own name. `Origin`: a page of another local server sends its own. Token: the other programs on this
 * machine do not know it.
 *
 * The token is never a cookie: a browser sends cookies to every port of this machine, and another port may belong to
 * another user.
 */
export class Gate {
  /** The token, 128 random bits, as in the printed address. */
  readonly token = randomBytes(16).toString('base64url');

  /**
   * Returns the reason to refuse this request, or `undefined` to accept it. `isSecret` says that the request needs the
   * token.
   */
  refusalOf(request: IncomingMessage, url: URL, isSecret: boolean): Refusal | undefined {
    const { host, origin } = request.headers;
    if (host === undefined || !LOOPBACK.test(host)) {
      return { status: 421, text: 'This server answers to 127.0.0.1, localhost and [::1] only.' };
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { status: 405, text: 'This server is read only: use GET or HEAD.' };
    }
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      return { status: 403, text: 'Pages of other servers have no access.' };
    }
    if (isSecret && !this.#isInvited(request, url)) {
      return { status: 401, text: 'Open the address that the program has printed: it has a token.' };
    }
    return undefined;
  }

  /** Returns whether the request has the token, and no wrong one beside it. */
  #isInvited(request: IncomingMessage, url: URL): boolean {
    const tokens = tokensOf(request, url);
    return tokens.length > 0 && tokens.every((token) => isSame(token, this.token));
  }
}

/**
 * Returns the tokens of a request. The WebSocket of a page can only set its subprotocols; the page's other requests set
 * `Authorization`; a program that can only pass an address uses `?token=`.
 */
function tokensOf({ headers }: IncomingMessage, url: URL): string[] {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const offers = (headers['sec-websocket-protocol'] ?? '').split(',').map((offer) => offer.trim());
  return [
    ...url.searchParams.getAll('token'),
    ...(bearer === undefined ? [] : [bearer]),
    ...offers.filter((offer) => offer.startsWith(OFFER)).map((offer) => offer.slice(OFFER.length)),
  ];
}

/** Compares digests, so that the duration reveals neither the text nor its length. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
