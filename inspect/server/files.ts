import { readFile } from 'node:fs/promises';

/** The policy of every answer: the page may run, load and connect to nothing outside of this server. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The only foreign page that may be framed, and only by our page `/stately`. */
const STATELY = 'https://stately.ai';

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
} as const;

/** Files by path, from the folder of the built page. */
type Files = Readonly<Record<string, `${string}.${keyof typeof TYPES}`>>;

/** The subject that a page shows. */
export type Subject = 'pool' | 'fleet';

/** The files of the page of a pool. Any other path does not exist. */
const FILES: Files = {
  '/': 'index.html',
  '/style.css': 'style.css',
  '/timeline.css': 'timeline.css',
  '/page.js': 'page.js',
  '/charts/worker.svg': 'charts/worker.svg',
  '/charts/supervisor.svg': 'charts/supervisor.svg',
  '/stately': 'stately.html',
  '/stately.css': 'stately.css',
  '/stately.js': 'stately.js',
};

/** The files of the page of a fleet. */
const FLEET_FILES: Files = {
  '/': 'fleet.html',
  '/style.css': 'style.css',
  '/fleet.css': 'fleet.css',
  '/fleet.js': 'fleet.js',
};

/** Returns the headers of every answer, also of refusals. */
export function headersOf(path?: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': path === '/stately' ? `${POLICY}; frame-src ${STATELY}` : POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  };
}

/**
 * Returns a file of the page with its type; `undefined` if there is none at this path. @throws when the page was not
 * built
 */
export async function fileAt(
  subject: Subject,
  path: string,
): Promise<{ readonly type: string; readonly body: Buffer } | undefined> {
  const files = subject === 'pool' ? FILES : FLEET_FILES;
  const name = Object.hasOwn(files, path) ? files[path] : undefined;
  if (name === undefined) return undefined;
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1) as keyof typeof TYPES];
  return { type, body: await readFile(new URL(`../page/${name}`, import.meta.url)) };
}
