import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Names of this machine, with any port: through `ssh -L` the browser's port is another one than ours. */
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;
/** What a page's subprotocol begins with that is its token. */
const OFFER = 'statepool.token.';

/** Why a request is turned away: the HTTP status, and what its sender can do about it. */
export interface Refusal {
  readonly status: 401 | 403 | 405 | 421;
  readonly text: string;
}

/**
 * Who may come in. A page of a foreign site that has made its name resolve to 127.0.0.1 still sends its own name as `Host`;
 * a page of another local server sends its own `Origin`; whoever else is on this machine does not know the token.
 *
 * The token is never a cookie: a browser sends those to every port of this machine, and the next one may be a stranger's.
 */
export class Gate {
  /** 128 random bits, as the printed address carries them. */
  readonly token = randomBytes(16).toString('base64url');

  /** Why this request is turned away; `undefined` where it may come in. `isSecret`: it asks for what needs the token. */
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

  /** A wrong token is not made good by a right one beside it. */
  #isInvited(request: IncomingMessage, url: URL): boolean {
    const tokens = tokensOf(request, url);
    return tokens.length > 0 && tokens.every((token) => isSame(token, this.token));
  }
}

/**
 * The tokens that a request brings. A page's WebSocket has no other header of its own than its subprotocols, and our page's
 * requests have `Authorization`; a program that can only say an address has `?token=`.
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

/** Compares digests, so that neither the time nor the length tells anything. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
