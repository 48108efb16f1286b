import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Names of this machine, with any port: through `ssh -L` the browser's port is another one than ours. */
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Why a request is turned away: the HTTP status, and what its sender can do about it. */
export interface Refusal {
  readonly status: 401 | 403 | 405 | 421;
  readonly text: string;
}

/**
 * Who may come in. A page of a foreign site that has made its name resolve to 127.0.0.1 still sends its own name as `Host`;
 * a page of another local server sends its own `Origin`; whoever else is on this machine does not know the token.
 */
export class Gate {
  /** 128 random bits, as the printed address carries them. */
  readonly token = randomBytes(16).toString('base64url');
  /** Of the cookie that the token is exchanged for: named by port, for cookies do not know ports. */
  readonly cookie: string;

  constructor(port: number) {
    this.cookie = `statepool-${port}`;
  }

  /** Why this request is turned away; `undefined` where it may come in. */
  refusalOf(request: IncomingMessage, url: URL): Refusal | undefined {
    const { host, origin } = request.headers;
    if (host === undefined || !LOOPBACK.test(host)) {
      return { status: 421, text: 'This server answers to 127.0.0.1, localhost and [::1] only.' };
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { status: 405, text: 'This server is read only: GET and HEAD.' };
    }
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      return { status: 403, text: 'Pages of other servers may not look in here.' };
    }
    // A token in the address counts alone: a wrong one is not made good by an old cookie.
    const token = url.searchParams.get('token') ?? this.#cookieOf(request);
    if (token === undefined || !isSame(token, this.token)) {
      return { status: 401, text: 'Open the address that the program has printed: it carries a token.' };
    }
    return undefined;
  }

  #cookieOf({ headers }: IncomingMessage): string | undefined {
    for (const part of (headers.cookie ?? '').split(';')) {
      const [name, value] = part.trim().split('=', 2);
      if (name === this.cookie) return value;
    }
    return undefined;
  }
}

/** Compares digests, so that neither the time nor the length tells anything. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
