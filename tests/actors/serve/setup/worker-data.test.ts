import test from 'ava';
import { createPool, UsageError } from 'statepool';
import { informed } from '../../../support/informed.ts';
import { onEachHost, opener } from '../../../support/pool.ts';

const data = { list: [1, 2], when: new Date(0), map: new Map([['a', 1]]) };

onEachHost('workerData is there before the first request, in any module and in the context', async (t, open) => {
  const pool = open(informed, { workerData: data, size: 2 });
  const answers = await Promise.all([1, 2, 3].map(() => pool.run({ ask: 'data' })));
  for (const answer of answers) t.deepEqual(answer, { imported: data, given: data, isWorker: true });
});

onEachHost('a worker that replaces a dead one, and a spare, get the workerData too', async (t, open) => {
  const pool = open(informed, { workerData: 7, spares: 1 });
  await pool.ready();
  for (let i = 0; i < 2; i++) {
    t.is((await pool.run({ ask: 'data' })).imported, 7);
    pool.cancelWorker(pool.workers[0]?.id as string);
  }
  t.is((await pool.run({ ask: 'data' })).imported, 7);
});

onEachHost('without workerData both are undefined', async (t, open) => {
  const { imported, given } = await open(informed).run({ ask: 'data' });
  t.deepEqual([imported, given], [undefined, undefined]);
});

onEachHost('workerData of several megabytes arrives', async (t, open) => {
  const text = 'x'.repeat(3_000_000);
  t.is((await open(informed, { workerData: text }).run({ ask: 'data' })).given, text);
});

test('inline: the context has a clone of workerData, and the module none', async (t) => {
  const pool = opener(t, 'inline')(informed, { workerData: data });
  const { imported, given } = await pool.run({ ask: 'data' });
  t.deepEqual(given, data);
  t.not(given, data);
  t.is(imported, undefined);
});

onEachHost('changes of the data after createPool reach no worker', async (t, open) => {
  const own = { count: 1 };
  const pool = open(informed, { workerData: own });
  own.count = 2;
  t.deepEqual((await pool.run({ ask: 'data' })).given, { count: 1 });
});

test('workerData that cannot be cloned is refused with the path to the value', (t) => {
  const make = (host: 'thread' | 'process', workerData: unknown) => () =>
    createPool(informed, { host, size: 0, workerData });
  t.throws(make('thread', { a: [() => 1] }), {
    instanceOf: UsageError,
    message: /^workerData\.a\[0\] cannot be cloned for a worker: /,
  });
  const shared = { memory: new SharedArrayBuffer(8) };
  t.notThrows(make('thread', shared));
  t.throws(make('process', shared), { message: /^workerData\.memory cannot be sent to another process: use host/ });
});
