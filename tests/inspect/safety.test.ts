import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import { type Inspection, inspect } from 'statepool/inspect';
import { WebSocket } from 'ws';
import { jobs } from '../support/jobs.ts';
import { opener, stayAlive } from '../support/pool.ts';
import { ask } from './raw.ts';
import { addressOf, Viewer } from './viewer.ts';

const PATHS = [
  '/',
  '/style.css',
  '/page.js',
  '/charts/worker.svg',
  '/charts/supervisor.svg',
  '/stately',
  '/stately.js',
];
const SOCKETS = ['/ws', '/inspect'];

interface Open {
  readonly view: Inspection;
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly cookie: string;
}

async function opened(t: ExecutionContext): Promise<Open> {
  stayAlive(t);
  const pool = opener(t, 'inline')(jobs());
  const view = await inspect(pool);
  t.teardown(() => view.stop());
  const token = new URL(view.url).searchParams.get('token') as string;
  const { url, port } = view;
  return { view, url, port, token, cookie: `statepool-${port}=${token}` };
}

test('without the token, with a wrong one, or with that of another server nothing is told', async (t) => {
  const { port, token } = await opened(t);
  const other = await opened(t);
  const wrong = [
    {},
    { cookie: `statepool-${port}=${'x'.repeat(token.length)}` },
    { cookie: `statepool-${port}=` },
    { cookie: `statepool-${port}` },
    { cookie: other.cookie },
    { cookie: `statepool-${port + 1}=${token}` },
  ];
  for (const headers of wrong) {
    for (const path of [...PATHS, '/nowhere']) t.is((await ask(port, { path, headers })).status, 401, path);
    for (const path of SOCKETS) t.is((await ask(port, { path, headers, isUpgrade: true })).status, 401, path);
  }
  const cookie = `statepool-${port}=${token}`;
  for (const query of ['?token=', '?token=wrong', `?token=${token}x`, `?token=wrong&token=${token}`]) {
    t.is((await ask(port, { path: `/${query}`, headers: { cookie } })).status, 401, query);
    t.is((await ask(port, { path: `/ws${query}`, headers: { cookie }, isUpgrade: true })).status, 401, query);
  }
});

test('the token is of 128 random bits, and is exchanged for a cookie that no script and no other site can use', async (t) => {
  const { port, token, cookie } = await opened(t);
  t.is(Buffer.from(token, 'base64url').length, 16);
  const { status, headers } = await ask(port, { path: `/?token=${token}` });
  t.is(status, 302);
  t.is(headers.location, '/');
  t.deepEqual(headers['set-cookie'], [`${cookie}; HttpOnly; SameSite=Strict; Path=/`]);
  for (const path of PATHS) {
    const answer = await ask(port, { path, headers: { cookie: `other=1; ${cookie}` } });
    t.is(answer.status, 200, path);
    t.not(answer.body, '');
    t.false(answer.body.includes(token), path);
  }
  for (const path of SOCKETS) t.is((await ask(port, { path, headers: { cookie }, isUpgrade: true })).status, 101);
  // A redirect never leads elsewhere, however its path is written.
  for (const path of ['//evil.example/', '/\\evil.example/', '/%2f/evil.example', '/nowhere']) {
    const answer = await ask(port, { path: `${path}?token=${token}` });
    t.is(answer.headers.location, '/', path);
  }
});

test('a name that is not of this machine gets 421, whatever port it has; a tunnel comes under another port', async (t) => {
  const { port, cookie } = await opened(t);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '0.0.0.0',
    '192.168.1.1',
    'a@127.0.0.1',
  ]) {
    t.is((await ask(port, { headers: { host, cookie } })).status, 421, host);
    for (const path of SOCKETS)
      t.is((await ask(port, { path, headers: { host, cookie }, isUpgrade: true })).status, 421);
  }
  for (const host of [`127.0.0.1:${port}`, 'localhost:9999', '[::1]:9999', 'LOCALHOST', 'localhost']) {
    const origin = `http://${host}`;
    t.is((await ask(port, { headers: { host, cookie } })).status, 200, host);
    for (const path of SOCKETS) {
      t.is((await ask(port, { path, headers: { host, cookie, origin }, isUpgrade: true })).status, 101, host);
    }
  }
});

test('a page of another server gets 403, also of another one on this machine', async (t) => {
  const { port, cookie } = await opened(t);
  const host = `localhost:${port}`;
  for (const origin of [
    'http://evil.example',
    'null',
    `http://localhost:${port + 1}`,
    `https://${host}`,
    `http://127.0.0.1:${port}`,
    '',
  ]) {
    const headers = { host, cookie, origin };
    t.is((await ask(port, { headers })).status, 403, origin);
    for (const path of SOCKETS) t.is((await ask(port, { path, headers, isUpgrade: true })).status, 403, origin);
  }
});

test('the server is read only, and every answer says what browsers may do with it', async (t) => {
  const { port, cookie } = await opened(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const { status, headers } = await ask(port, { method, headers: { cookie } });
    t.is(status, 405, method);
    t.is(headers.allow, 'GET, HEAD');
  }
  const head = await ask(port, { method: 'HEAD', headers: { cookie } });
  t.like(head, { status: 200, body: '' });
  for (const answer of [head, await ask(port, {}), await ask(port, { path: '/nowhere', headers: { cookie } })]) {
    t.like(answer.headers, {
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  }
  const bridge = await ask(port, { path: '/stately', headers: { cookie } });
  t.regex(
    String(bridge.headers['content-security-policy']),
    /^default-src 'none';.*; frame-src https:\/\/stately\.ai$/,
  );
  for (const path of ['/../package.json', '/..%2findex.js', '/constructor', '/__proto__', '/page.ts']) {
    t.is((await ask(port, { path, headers: { cookie } })).status, 404, path);
  }
  for (const path of SOCKETS) t.is((await ask(port, { path, headers: { cookie } })).status, 426, path);
});

test('it listens on 127.0.0.1 only', async (t) => {
  const { port } = await opened(t);
  const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const found = others.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  // Of a machine without a network this is all there is to try.
  for (const address of [...found, '127.0.0.2']) {
    const error = await new Promise((resolve) => {
      const socket = connect({ host: address, port });
      socket.on('error', resolve).on('connect', () => resolve(socket.destroy()));
    });
    t.like(error, { code: 'ECONNREFUSED' }, address);
  }
});

test('a frame that is too long closes its socket, and only its own', async (t) => {
  const view = await opened(t);
  const calm = new Viewer(t, view);
  await calm.until(({ type }) => type === 'full');
  for (const path of SOCKETS) {
    const viewer = new Viewer(t, view, path);
    await viewer.untilAll((all) => all.length > 0);
    viewer.socket.send('x'.repeat(1024));
    viewer.socket.send('x'.repeat(1025));
    t.is(await viewer.closed, 1009);
  }
  t.is(calm.socket.readyState, WebSocket.OPEN);
});

test('a hundred may look at once; the next one is turned away until one of them goes', async (t) => {
  const view = await opened(t);
  const viewers = Array.from({ length: 100 }, (_, i) => new Viewer(t, view, SOCKETS[i % 2]));
  await Promise.all(viewers.map((viewer) => viewer.untilAll((all) => all.length > 0)));
  t.is(view.view.viewers, 100);
  const path = `/ws?token=${view.token}`;
  t.is((await ask(view.port, { path, isUpgrade: true })).status, 503);
  const first = viewers[0] as Viewer;
  first.socket.close();
  await first.closed;
  const late = new WebSocket(addressOf(view, '/ws', 'ws'));
  t.teardown(() => late.terminate());
  await new Promise((resolve, reject) => late.on('open', resolve).on('error', reject));
  t.is(view.view.viewers, 100);
});

test('options and pools that are wrong are named', async (t) => {
  const pool = opener(t, 'inline')(jobs());
  const view = await opened(t);
  const wrong: readonly [unknown, object, RegExp][] = [
    [pool, { port: -1 }, /port is -1: it must be a whole number from 0 to 65535/],
    [pool, { prt: 1 }, /there is no option prt/],
    [pool, { port: view.port }, /cannot have port \d+: it is in use/],
    [{ actor: {} }, {}, /is not a pool that createPool of this package has made/],
    [undefined, {}, /undefined is not a pool/],
  ];
  for (const [given, options, message] of wrong) {
    await t.throwsAsync(inspect(given as typeof pool, options), { code: 'USAGE', message });
  }
  await pool.destroy();
  await t.throwsAsync(inspect(pool), { code: 'CLOSED' });
});
