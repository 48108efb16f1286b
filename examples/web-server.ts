/**
 * A web server that answers from a pool: GET /search?folder=docs&word=verdict names the files that have the word.
 *
 * - Deadline: an answer that is not there in time is 504. A task that still waits then leaves the queue; one that runs goes
 *   on, so that its worker is warm for the next question.
 * - Backpressure: with too many waiting tasks the answer is 503, at once.
 * - A client that goes away takes its task out of the queue.
 * - SIGTERM: no new requests, the running ones are answered, then the pool ends.
 *
 * Run it: npx tsx examples/web-server.ts 8080
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createPool, StatepoolError } from 'statepool';
import search from './web-server/search.ts';

/** The time for an answer, in ms. A client may ask for less: ?deadline=100 */
const DEADLINE = 5000;

/** The answer for each code of an error. All others are 500. */
const STATUS: Readonly<Record<string, number>> = {
  QUEUE_FULL: 503,
  CLOSED: 503,
  DEGRADED: 503,
  TIMEOUT_QUEUE: 504,
  TIMEOUT_RUN: 504,
};

const pool = createPool(search, { size: 2, maxQueue: 16, timeout: 30_000, killGrace: 30_000 });

const server = createServer(async (request, response) => {
  const address = new URL(request.url ?? '/', 'http://localhost');
  const [folder, word] = [address.searchParams.get('folder'), address.searchParams.get('word')];
  if (address.pathname !== '/search' || folder === null || word === null)
    return send(response, 404, { error: 'ask for /search?folder=FOLDER&word=WORD' });
  const deadline = Math.min(DEADLINE, Number(address.searchParams.get('deadline') ?? DEADLINE));
  await answer(response, { folder, word }, deadline);
});

async function answer(
  response: ServerResponse,
  question: { readonly folder: string; readonly word: string },
  deadline: number,
): Promise<void> {
  const over = new AbortController();
  // With the client, its wait in the queue ends. The pool's `killGrace` lets a task that runs finish.
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const task = pool.run(question, { queueTimeout: deadline, signal: gone.signal });
  try {
    const late = wait(deadline, undefined, { signal: over.signal }).then(() => 'late' as const);
    late.catch(() => {});
    const files = await Promise.race([task, late]);
    if (files === 'late') {
      task.catch(() => {}); // its end interests nobody any more
      return send(response, 504, { error: `no answer within ${deadline} ms` });
    }
    send(response, 200, { files });
  } catch (error) {
    const code = error instanceof StatepoolError ? error.code : 'UNKNOWN';
    const status = STATUS[code] ?? 500;
    if (status === 503) response.setHeader('retry-after', '1');
    send(response, status, { error: code });
  } finally {
    over.abort();
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

process.once('SIGTERM', async () => {
  server.close();
  server.closeIdleConnections();
  const { completed } = await pool.close({ timeout: 10_000 });
  console.log(`ended; ${completed} tasks were still answered`);
});

server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
