import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import { type Inspection, inspect } from 'statepool/inspect';
import { WebSocket } from 'ws';
import { jobs } from '../../support/jobs.ts';
import { opener, stayAlive } from '../../support/pool.ts';
import { ask } from '../../support/raw-http.ts';
import { socketOf, tokenOf, Viewer } from '../../support/viewer.ts';

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
  /** The token that gives a program access. */
  readonly authorization: string;
}

async function opened(t: ExecutionContext): Promise<Open> {
  stayAlive(t);
  const pool = opener(t, 'inline')(jobs());
  const view = await inspect(pool);
  t.teardown(() => view.stop());
  const token = tokenOf(view);
  return { view, url: view.url, port: view.port, token, authorization: `Bearer ${token}` };
}

test("without the token, with a wrong one, or with another server's token the server reveals nothing of the pool", async (t) => {
  const { port, token, authorization } = await opened(t);
  const other = await opened(t);
  const offer = (each: string) => ({ 'sec-websocket-protocol': `statepool, statepool.token.${each}` });
  const wrong: Readonly<Record<string, string>>[] = [
    {},
    { authorization: '' },
    { authorization: token },
    { authorization: `Basic ${token}` },
    { authorization: `Bearer ${'x'.repeat(token.length)}` },
    { authorization: other.authorization },
    { cookie: `statepool-${port}=${token}` },
    { cookie: `token=${token}` },
    { 'sec-websocket-protocol': 'statepool' },
    { 'sec-websocket-protocol': token },
    offer(''),
    offer(other.token),
    // A right token does not outweigh a wrong one.
    { ...offer(token), authorization: other.authorization },
    { 'sec-websocket-protocol': `statepool.token.${token}, statepool.token.${other.token}` },
  ];
  for (const path of SOCKETS) {
    for (const headers of wrong) {
      const what = `${path} ${JSON.stringify(headers)}`;
      t.is((await ask(port, { path, headers })).status, 401, what);
      t.is((await ask(port, { path, headers, isUpgrade: true })).status, 401, what);
    }
    for (const query of ['?token=', '?token=wrong', `?token=${token}x`, `?token=wrong&token=${token}`]) {
      t.is(
        (await ask(port, { path: `${path}${query}`, headers: { authorization }, isUpgrade: true })).status,
        401,
        query,
      );
    }
  }
  t.is((await ask(port, { path: '/nowhere', isUpgrade: true })).status, 401);
});

test('the token, of 128 random bits, gives access as a header, as a subprotocol and in an address', async (t) => {
  const { port, token, authorization } = await opened(t);
  t.is(Buffer.from(token, 'base64url').length, 16);
  for (const path of SOCKETS) {
    t.is((await ask(port, { path, headers: { authorization }, isUpgrade: true })).status, 101);
    t.is((await ask(port, { path: `${path}?token=${token}`, isUpgrade: true })).status, 101);
    const headers = { 'sec-websocket-protocol': `statepool, statepool.token.${token}` };
    const granted = await ask(port, { path, headers, isUpgrade: true });
    t.is(granted.status, 101);
    t.is(granted.headers['sec-websocket-protocol'], 'statepool', 'the token is not said back');
  }
});

test('the page itself contains no secret, and browsers may neither store nor forward any answer', async (t) => {
  const { port, url, token } = await opened(t);
  t.is(url, `http://127.0.0.1:${port}/#token=${token}`, 'no browser sends what stands behind #');
  const known = { authorization: `Bearer ${token}` };
  for (const path of [...PATHS, '/nowhere', ...SOCKETS, `/?token=${token}`]) {
    for (const headers of [{}, known]) {
      const answer = await ask(port, { path, headers });
      if (PATHS.includes(path)) t.is(answer.status, 200, path);
      t.not(answer.body, '');
      t.false(`${answer.body}${JSON.stringify(answer.headers)}`.includes(token), path);
      t.is(answer.headers['set-cookie'], undefined, path);
      t.is(answer.headers.location, undefined, path);
    }
  }
});

test('a host name of another machine gets 421 on any port; a tunnel has another port', async (t) => {
  const { port, authorization } = await opened(t);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '0.0.0.0',
    '192.168.1.1',
    'a@127.0.0.1',
  ]) {
    t.is((await ask(port, { headers: { host, authorization } })).status, 421, host);
    for (const path of SOCKETS)
      t.is((await ask(port, { path, headers: { host, authorization }, isUpgrade: true })).status, 421);
  }
  for (const host of [`127.0.0.1:${port}`, 'localhost:9999', '[::1]:9999', 'LOCALHOST', 'localhost']) {
    const origin = `http://${host}`;
    t.is((await ask(port, { headers: { host, authorization } })).status, 200, host);
    for (const path of SOCKETS) {
      t.is((await ask(port, { path, headers: { host, authorization, origin }, isUpgrade: true })).status, 101, host);
    }
  }
});

test('a page of another server gets 403, even of a server on this machine', async (t) => {
  const { port, authorization } = await opened(t);
  const host = `localhost:${port}`;
  for (const origin of [
    'http://evil.example',
    'null',
    `http://localhost:${port + 1}`,
    `https://${host}`,
    `http://127.0.0.1:${port}`,
    '',
  ]) {
    const headers = { host, authorization, origin };
    t.is((await ask(port, { headers })).status, 403, origin);
    for (const path of SOCKETS) t.is((await ask(port, { path, headers, isUpgrade: true })).status, 403, origin);
  }
});

test('the server is read only, and every answer has security headers', async (t) => {
  const { port, authorization } = await opened(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const { status, headers } = await ask(port, { method, headers: { authorization } });
    t.is(status, 405, method);
    t.is(headers.allow, 'GET, HEAD');
  }
  const head = await ask(port, { method: 'HEAD', headers: { authorization } });
  t.like(head, { status: 200, body: '' });
  for (const answer of [head, await ask(port, {}), await ask(port, { path: '/nowhere', headers: { authorization } })]) {
    t.like(answer.headers, {
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  }
  const bridge = await ask(port, { path: '/stately', headers: { authorization } });
  t.regex(
    String(bridge.headers['content-security-policy']),
    /^default-src 'none';.*; frame-src https:\/\/stately\.ai$/,
  );
  for (const path of ['/../package.json', '/..%2findex.js', '/constructor', '/__proto__', '/page.ts']) {
    t.is((await ask(port, { path, headers: { authorization } })).status, 404, path);
  }
  for (const path of SOCKETS) {
    t.is((await ask(port, { path, headers: { authorization } })).status, 426, path);
    // A page asks so whether it may connect again: a browser prints an error for each status from 400.
    t.is((await ask(port, { path, method: 'HEAD', headers: { authorization } })).status, 204, path);
    t.is((await ask(port, { path, method: 'HEAD' })).status, 401, path);
  }
});

test('the server listens on 127.0.0.1 only', async (t) => {
  const { port } = await opened(t);
  const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const found = others.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  // On a machine without a network no other address can be tried.
  for (const address of [...found, '127.0.0.2']) {
    const error = await new Promise((resolve) => {
      const socket = connect({ host: address, port });
      socket.on('error', resolve).on('connect', () => resolve(socket.destroy()));
    });
    t.like(error, { code: 'ECONNREFUSED' }, address);
  }
});

test('a frame that is too long closes only its own socket', async (t) => {
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

test('a hundred viewers may connect, and the next one is refused until one of them leaves', async (t) => {
  const view = await opened(t);
  const viewers = Array.from({ length: 100 }, (_, i) => new Viewer(t, view, SOCKETS[i % 2]));
  await Promise.all(viewers.map((viewer) => viewer.untilAll((all) => all.length > 0)));
  t.is(view.view.viewers, 100);
  const path = `/ws?token=${view.token}`;
  t.is((await ask(view.port, { path, isUpgrade: true })).status, 503);
  const first = viewers[0] as Viewer;
  first.socket.close();
  while (view.view.viewers === 100) await new Promise((resolve) => setImmediate(resolve));
  const late = new WebSocket(socketOf(view, '/ws'));
  t.teardown(() => late.terminate());
  await new Promise((resolve, reject) => late.on('open', resolve).on('error', reject));
  t.is(view.view.viewers, 100);
});

test('wrong options and pools are named', async (t) => {
  const pool = opener(t, 'inline')(jobs());
  const view = await opened(t);
  const wrong: readonly [unknown, object, RegExp][] = [
    [pool, { port: -1 }, /port is -1: it must be a whole number from 0 to 65535/],
    [pool, { prt: 1 }, /there is no option prt/],
    [pool, { port: view.port }, /cannot use port \d+: it is in use/],
    [{ actor: {} }, {}, /is not a pool of this package/],
    [undefined, {}, /undefined is not a pool/],
  ];
  for (const [given, options, message] of wrong) {
    await t.throwsAsync(inspect(given as typeof pool, options), { code: 'USAGE', message });
  }
  await pool.destroy();
  await t.throwsAsync(inspect(pool), { code: 'CLOSED' });
});
