import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { inspect } from 'statepool/inspect';
import { WebSocket } from 'ws';
import { jobs } from '../../support/jobs.ts';
import { opener, stayAlive } from '../../support/pool.ts';
import { ask } from '../../support/raw-http.ts';
import { socketOf, Viewer } from '../../support/viewer.ts';

/** Long before the age limit of a connection without the token, in ms. */
const SOON = 4000;
/** The file in which Linux lists connections. */
const TABLE = '/proc/net/tcp';
const onLinux = existsSync(TABLE) ? test.serial : test.serial.skip;

const HEAD = 'HTTP/1.1\r\nHost: 127.0.0.1\r\n';
const UPGRADE = `${HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n`;

/** The data of clients without the token that want to hold a connection. None of them ever ends it. */
const held: Readonly<Record<string, string>> = {
  'says nothing': '',
  'never ends the head of a request': `GET / ${HEAD}X-A: `,
  'never ends the body of one': `POST / ${HEAD}Content-Length: 10\r\n\r\n`,
};

/** The data of clients that got an answer and stay connected. */
const answered: Readonly<Record<string, string>> = {
  'asked for a WebSocket without the token': `GET /ws ${UPGRADE}\r\n`,
  'asked for a WebSocket in a way that is none': `GET /ws ${UPGRADE.replace('13', '12')}\r\n`,
  'asked for a WebSocket where there is none': `GET /nowhere ${UPGRADE}\r\n`,
  'asked for the page': `GET / ${HEAD}\r\n`,
  'asked for the page and for keeping the connection': `GET /page.js ${HEAD}Connection: keep-alive\r\n\r\n`,
  'asked for the page a hundred times at once': `GET / ${HEAD}\r\n`.repeat(100),
  'asked for another protocol': `GET / ${HEAD}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
  'asked for a tunnel': `CONNECT evil.example:80 ${HEAD}\r\n`,
  'said what is no HTTP': 'hello\r\n\r\n',
};

/** A connection whose client never ends its side, and the data that came on it. */
interface Holder {
  readonly socket: Socket;
  readonly connected: Promise<unknown>;
  /** Resolves with all data once the server has ended its side. */
  readonly ended: Promise<string>;
}

function hold(t: ExecutionContext, port: number, text: string): Holder {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.teardown(() => socket.destroy());
  let all = '';
  socket.setEncoding('latin1').on('data', (data) => {
    all += data;
  });
  const ended = new Promise<string>((resolve) => {
    // A connection that the server has ended completely may be reported as reset.
    socket.on('end', () => resolve(all)).on('error', () => resolve(all));
  });
  const connected = once(socket, 'connect');
  socket.write(text);
  return { socket, connected, ended };
}

async function opened(t: ExecutionContext) {
  stayAlive(t);
  const pool = opener(t, 'inline')(jobs());
  const view = await inspect(pool);
  t.teardown(() => view.stop());
  return { pool, view, port: view.port };
}

/**
 * Returns the number of TCP connections of a local port that the kernel has on the server's side, in any state with a
 * file descriptor.
 */
function connectionsOf(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync(TABLE, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  // Connections with an inode still belong to a program; 0A is the server itself.
  return lines.filter(([, from, , state, , , , , , inode]) => from === local && state !== '0A' && inode !== '0').length;
}

for (const [what, text] of Object.entries(answered)) {
  onLinux(`a client that ${what} gets an answer, and holds nothing afterwards`, async (t) => {
    const { port } = await opened(t);
    const start = performance.now();
    const holders = Array.from({ length: 10 }, () => hold(t, port, text));
    for (const answer of await Promise.all(holders.map(({ ended }) => ended))) {
      if (!text.startsWith('CONNECT')) t.regex(answer, /^HTTP\/1\.1 \d{3} .*\r\n[\s\S]*\r\n\r\n/);
    }
    while (connectionsOf(port) > 0) await new Promise((resolve) => setImmediate(resolve));
    t.true(performance.now() - start < SOON);
  });
}

for (const [what, text] of Object.entries(held)) {
  test(`a client that ${what} is cut off soon`, async (t) => {
    const { port } = await opened(t);
    const { ended } = hold(t, port, text);
    await ended;
    t.pass();
  });
}

test('a client that sends a little at a time is cut off too', async (t) => {
  const { port } = await opened(t);
  const { socket, ended } = hold(t, port, `GET / ${HEAD}X-A: `);
  const drip = setInterval(() => socket.write('x'), 200);
  t.teardown(() => clearInterval(drip));
  await ended;
  t.pass();
});

onLinux('for any number of held connections, few stay open, and the next client is answered', async (t) => {
  const { port, view } = await opened(t);
  const holders = Array.from({ length: 300 }, () => hold(t, port, ''));
  await Promise.all(holders.map(({ connected }) => connected));
  // The last client is answered when all before it were let in, long before any of them reaches its age limit.
  t.is((await ask(port, {})).status, 200);
  t.true(connectionsOf(port) <= 128);
  await Promise.all(holders.slice(0, 100).map(({ ended }) => ended));
  const viewer = new Viewer(t, view);
  await viewer.until(({ type }) => type === 'full');
  t.is(view.viewers, 1);
});

test('a viewer stays, however many strangers come', async (t) => {
  const { port, view } = await opened(t);
  const viewer = new Viewer(t, view);
  await viewer.until(({ type }) => type === 'full');
  const holders = Array.from({ length: 300 }, () => hold(t, port, ''));
  await Promise.all(holders.slice(0, 100).map(({ ended }) => ended));
  t.is(viewer.socket.readyState, WebSocket.OPEN);
  t.is(view.viewers, 1);
});

onLinux('stop and the end of the pool wait neither for strangers nor for viewers that do not close', async (t) => {
  for (const end of ['stop', 'destroy'] as const) {
    const { pool, port, view } = await opened(t);
    const holders = [...Object.values(held), ...Object.values(answered)].map((text) => hold(t, port, text));
    await Promise.all(holders.map(({ connected }) => connected));
    // A viewer that stopped reading answers nothing any more.
    const silent = new WebSocket(socketOf(view, '/ws'));
    t.teardown(() => silent.terminate());
    silent.on('error', () => {});
    await once(silent, 'message');
    silent.pause();
    if (end === 'destroy') await pool.destroy();
    // They do not need the program's own timers either: a test may have replaced them.
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (() => ({ unref() {} })) as unknown as typeof setTimeout;
    const start = performance.now();
    await view.stop().finally(() => {
      globalThis.setTimeout = setTimeout;
    });
    t.true(performance.now() - start < SOON, end);
    t.is(connectionsOf(port), 0, end);
    t.is(view.viewers, 0);
    const refused = connect({ port, host: '127.0.0.1' });
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    t.is(error.code, 'ECONNREFUSED');
  }
});
