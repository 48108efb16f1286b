import { FleetError } from '../../errors.ts';

/** The address of an engine. */
export interface Address {
  readonly engine: 'redis' | 'postgres';
  /** The address with everything that the driver needs, its password too. */
  readonly url: string;
  /** The address as messages show it. */
  readonly shown: string;
}

const REDIS = /^rediss?:\/\//;
const POSTGRES = /^postgres(ql)?:\/\//;

/**
 * Reads the address of an engine: `redis://`, `rediss://`, the path of a Unix socket of Redis, or `postgres://`.
 *
 * @throws {FleetError} USAGE if it is none of them. The message does not show the address: it may hold a password
 */
export function addressOf(url: string): Address {
  if (url.startsWith('/') || url.startsWith('unix:')) {
    const path = url.replace(/^unix:(\/\/)?/, '');
    return { engine: 'redis', url: path, shown: path };
  }
  const engine = REDIS.test(url) ? 'redis' : POSTGRES.test(url) ? 'postgres' : undefined;
  if (engine === undefined || !URL.canParse(url)) {
    const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0];
    const given = scheme === undefined ? 'the given text' : `an address that begins with ${scheme}`;
    const legal = 'redis://HOST:PORT, rediss://HOST:PORT, postgres://USER@HOST:PORT/DATABASE, or the path of a socket';
    throw new FleetError('USAGE', `broker must be ${legal}, and ${given} is none of them`);
  }
  const [place = ''] = url.split('?');
  if (place.lastIndexOf('@') > place.indexOf('@') || new URL(url).pathname.includes('@')) {
    const remedy = 'write the letters @ : / ? # % of a password as %40 %3A %2F %3F %23 %25';
    throw new FleetError(
      'USAGE',
      `the address of the broker, which begins with ${engine}, has an @ too many: ${remedy}`,
    );
  }
  return { engine, url, shown: shownUrl(url) };
}

/** Returns an address without its password and its parameters. */
function shownUrl(text: string): string {
  const url = new URL(text);
  return `${url.protocol}//${url.username === '' ? '' : `${url.username}@`}${url.host}${url.pathname}`;
}

/** Returns a text in which no password of the address is left. */
export function withoutPassword(text: string, { url, shown }: Address): string {
  if (!URL.canParse(url)) return text;
  const { password, searchParams } = new URL(url);
  const secrets = [password, decoded(password), searchParams.get('password') ?? ''].filter((each) => each !== '');
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text.replaceAll(url, shown));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
