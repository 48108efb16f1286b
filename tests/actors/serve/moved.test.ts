import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import test from 'ava';
import { movablesIn } from '../../../actors/protocol/payloads/movables.ts';
import { informed } from '../../support/informed.ts';
import { errorOf } from '../../support/outcome.ts';
import { onEachHost, opener } from '../../support/pool.ts';

for (const host of ['thread', 'inline'] as const) {
  test(`${host}: a port in a response moves to the program, and the worker stays`, async (t) => {
    const pool = opener(t, host)(informed);
    const { deep } = (await pool.run({ ask: 'port' })) as { deep: [Map<string, MessagePort>] };
    const port = deep[0].get('port') as MessagePort;
    port.postMessage(1);
    t.deepEqual(await once(port, 'message'), [2]);
    port.close();
    t.is(pool.stats.died, 0);
  });
}

test('thread: the buffers of context.transfer move with the response, others are copied', async (t) => {
  const pool = opener(t, 'thread')(informed);
  for (const size of [8, 1024 * 1024]) {
    for (const isListed of [true, false]) {
      t.deepEqual(await pool.run({ ask: 'bytes', isListed, size }), new Uint8Array(size).fill(7));
      t.is(await pool.run({ ask: 'left' }), isListed ? 0 : size);
    }
  }
});

test('process: context.transfer is legal, and everything is copied', async (t) => {
  const pool = opener(t, 'process')(informed);
  t.deepEqual(await pool.run({ ask: 'bytes', isListed: true }), new Uint8Array(8).fill(7));
  t.is(await pool.run({ ask: 'left' }), 8);
});

test('process: a port in a response is an error that names it', async (t) => {
  const error = await errorOf(opener(t, 'process')(informed).run({ ask: 'port' }));
  t.is(error.code, 'MARSHAL_RESPONSE');
});

onEachHost('an illegal argument of context.transfer is an error of the task', async (t, open) => {
  const error = await errorOf(open(informed).run({ ask: 'wrong list' }));
  t.like(error, { code: 'PERFORM', cause: { message: 'context.transfer takes an array of buffers and ports' } });
});

test('ports and streams are found in arrays, objects, maps and sets, each once, and not those that are listed', (t) => {
  const { port1, port2 } = new MessageChannel();
  const stream = new ReadableStream();
  const message = { a: [port1, port1], b: new Map([[1, { stream }]]), c: new Set([port2]), d: new Uint8Array(3) };
  const all: object[] = [port1, stream, port2];
  t.deepEqual(
    movablesIn(message).map((each) => all.indexOf(each)),
    [0, 1, 2],
  );
  t.is(movablesIn(message, [port1, port2])[0], stream);
  const ring: { self?: unknown } = {};
  ring.self = ring;
  t.deepEqual(movablesIn(ring), []);
  for (const port of [port1, port2]) port.close();
});
