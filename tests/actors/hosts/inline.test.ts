import test from 'ava';
import { fixture, jobs } from '../../support/jobs.ts';
import { codes, errorOf } from '../../support/outcome.ts';
import { onEachHost, opener, warm } from '../../support/pool.ts';

test('requests and responses of an inline worker are copies', async (t) => {
  const kept: unknown[] = [];
  const kind = jobs({
    requestOfTask: (_status, task) => task.value,
    perform(request) {
      kept.push(request);
      return request;
    },
  });
  const value = { list: [1] };
  const result = await opener(t, 'inline')(kind).run({ do: 'it', value });
  t.deepEqual(result, value);
  t.not(kept[0], value);
  t.not(result, kept[0]);
});

test('an ended inline worker begins no further request', async (t) => {
  const begun: unknown[] = [];
  const kind = jobs({
    window: 4,
    perform(request, { signal }) {
      const { value } = request as { value: unknown };
      begun.push(value);
      return value === 'last' ? new Promise((resolve) => signal.addEventListener('abort', resolve)) : value;
    },
  });
  const pool = opener(t, 'inline')(kind);
  await warm(pool);
  begun.length = 0;
  pool.pause();
  const done = codes(['last', 'b', 'c'].map((value) => pool.run({ do: 'it', value })));
  pool.resume();
  while (begun.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await pool.destroy();
  t.deepEqual(await done, ['CANCELLED', 'CANCELLED', 'CANCELLED']);
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(begun, ['last']);
});

onEachHost(
  'a task that exits its worker is blamed at once, even if the worker has prefetched others',
  async (t, open) => {
    const sent: unknown[] = [];
    const kind = jobs({
      window: 4,
      idempotent: true,
      requestOfTask(_status, task) {
        if (task.key !== undefined) sent.push(task.key);
        return task;
      },
    });
    const pool = open(kind);
    await warm(pool);
    pool.pause();
    const first = pool.run({ do: 'later', key: 'a', value: 1 });
    const second = errorOf(pool.run({ do: 'exit', key: 'b', code: 3 }));
    const third = pool.run({ do: 'echo', key: 'c', value: 2 });
    pool.resume();
    t.is(await first, 1);
    t.like(await second, { code: 'WORKER_DIED', exitCode: 3 });
    t.is(await third, 2);
    t.deepEqual(sent, ['a', 'b', 'c', 'c']);
  },
);

onEachHost('a worker may print in any encoding, and its write callback is called', async (t, open) => {
  const lines: string[] = [];
  const kind = jobs({ name: 'broken', url: fixture('broken/prints.js') });
  const pool = open(kind, { onOutput: ({ stream, line }) => lines.push(`${stream} ${line}`) });
  t.is(await pool.run({ do: 'it' }), 'printed');
  await pool.destroy();
  t.deepEqual(lines.sort(), ['stderr bytes', 'stdout coded', 'stdout hello', 'stdout with a callback']);
});
