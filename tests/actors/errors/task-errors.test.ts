import { echo, type Job, jobs } from '../../support/jobs.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';
import { onEachHost, onEveryHost } from '../../support/pool.ts';

onEveryHost(
  'an error from perform arrives whole: name, message, code, own properties, stack and causes',
  async (t, open) => {
    const pool = open(jobs());
    for (const how of ['throw', 'reject']) {
      const error = await errorOf(pool.run({ do: how, what: 'custom' }));
      t.like(error, { name: 'PerformError', code: 'PERFORM' });
      t.regex(error.message, /QuotaError: no more/);
      const { cause } = error;
      t.true(cause instanceof Error);
      t.like(cause, { name: 'QuotaError', message: 'no more', code: 'E_QUOTA', limit: 3, detail: { used: [1, 2] } });
      t.regex(cause.stack, /jobs\.js/);
      t.true(cause.cause instanceof RangeError);
      t.is(cause.cause.message, 'too low');
      t.is(cause.cause.cause, 'the root');
      t.false('callback' in cause);
    }
  },
);

onEveryHost('built-in errors keep their class, and an AggregateError its errors', async (t, open) => {
  const pool = open(jobs());
  const type = await errorOf(pool.run({ do: 'throw', what: 'type' }));
  t.true(type.cause instanceof TypeError);
  const { cause: many } = await errorOf(pool.run({ do: 'throw', what: 'many' }));
  t.true(many instanceof AggregateError);
  t.like(many.errors[0], { name: 'TypeError', message: 'one' });
  t.like(many.errors[1], { name: 'QuotaError', message: 'two', code: 'E_QUOTA' });
  const { cause: dom } = await errorOf(pool.run({ do: 'throw', what: 'dom' }));
  t.like(dom, { name: 'TimeoutError', message: 'it was too slow', code: 23 });
});

onEveryHost('a thrown value that is not an error arrives too', async (t, open) => {
  const pool = open(jobs());
  t.like(await errorOf(pool.run({ do: 'throw', what: 'text' })), { code: 'PERFORM', cause: 'only a text' });
  t.is((await errorOf(pool.run({ do: 'throw', what: 'nothing' }))).code, 'PERFORM');
  const object = await errorOf(pool.run({ do: 'throw', what: 'object' }));
  t.deepEqual(object.cause, { status: 404, why: 'not found' });
  t.is(object.message, "perform threw { status: 404, why: 'not found' }");
  t.like(await errorOf(pool.run({ do: 'throw', what: 'function' })), { code: 'PERFORM', cause: '() => {}' });
});

onEveryHost('a perform that throws leaves the status of its worker unchanged', async (t, open) => {
  const statuses: string[] = [];
  const pool = open(
    jobs({
      requestOfTask(status, { verdict, ...request }) {
        statuses.push(status.type);
        return request;
      },
    }),
  );
  const done = [
    { do: 'throw', what: 'custom' },
    { do: 'reject', what: 'type' },
    { do: 'who' },
    { do: 'throw', what: 'type' },
  ];
  t.deepEqual(await codes(done.map((task) => pool.run(task))), ['PERFORM', 'PERFORM', 'done', 'PERFORM']);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
  t.deepEqual(statuses, ['fresh', 'fresh', 'fresh', 'old', 'old']);
  t.is(pool.stats.spawned, 1);
});

onEachHost('onPerformError may return a verdict of its own', async (t, open) => {
  const seen: unknown[] = [];
  const pool = open(
    jobs({
      onPerformError(status, task, error) {
        seen.push([status.type, error.name]);
        return (task.answer as (() => ReturnType<NonNullable<Job['verdict']>>) | undefined)?.();
      },
      requestOfTask: (_status, { answer, verdict, ...request }) => request,
    }),
  );
  const fails = (answer: unknown): Job => ({ do: 'throw', what: 'custom', answer });
  t.is(await pool.run(fails(() => ({ type: 'stay', competence: 1, result: 'saved' }))), 'saved');
  t.is(await code(pool.run(fails(() => undefined))), 'PERFORM');
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
  t.is(await code(pool.run(fails(() => ({ type: 'end' })))), 'PERFORM');
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  t.deepEqual(seen, [
    ['fresh', 'QuotaError'],
    ['old', 'QuotaError'],
    ['old', 'QuotaError'],
  ]);
});

onEachHost('an onPerformError that throws fails the task and ends the worker', async (t, open) => {
  const pool = open(
    jobs({
      onPerformError() {
        throw new Error('in the hook');
      },
    }),
  );
  t.like(await errorOf(pool.run({ do: 'throw', what: 'type' })), { code: 'KIND', hook: 'onPerformError' });
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
});

onEveryHost(
  'a request that cannot be cloned fails its task, names the path, and leaves the worker unchanged',
  async (t, open) => {
    const reported: unknown[] = [];
    const hooked: unknown[] = [];
    const pool = open(
      jobs({
        onMarshalError: (message, task) => void reported.push([message, task.key]),
        onTaskCancellationOrExpirationOrWorkerDeath: (task) => void hooked.push(task),
      }),
    );
    const bad = echo({ items: [0, { onDone: () => {} }] }, { key: 'bad' });
    const done = [pool.run(bad), pool.run({ do: 'id' })];
    const error = await errorOf(done[0] as Promise<unknown>);
    t.like(error, { name: 'MarshalError', code: 'MARSHAL_REQUEST', path: 'request.value.items[1].onDone' });
    t.is(await done[1], 'jobs:0:1');
    // The same holds when the worker takes the next task by itself.
    t.deepEqual(await codes([pool.run(echo(1)), pool.run(bad), pool.run(echo(2))]), [
      'done',
      'MARSHAL_REQUEST',
      'done',
    ]);
    t.is(reported.length, 2);
    t.is(hooked.length, 0);
    t.deepEqual(reported[0], [error.message, 'bad']);
    t.like(pool.stats, { spawned: 1, pending: 0 });
    t.is(pool.workers[0]?.tasks, 3);
  },
);

onEveryHost('a long function in a request makes no long message', async (t, open) => {
  // biome-ignore format: the text of the function is what counts.
  const long = () => {
    return 'a function of several lines, which is written out in the words of Node: they end somewhere in the middle';
  };
  const { message } = await errorOf(open(jobs()).run(echo(long)));
  t.regex(
    message,
    /^the request of echo cannot be cloned at request\.value: \(\) => \{ return .a function .{60,80}\.\.\.$/,
  );
});

onEachHost('a response that cannot be cloned fails its task, names the path, and ends the worker', async (t, open) => {
  const reported: unknown[] = [];
  const pool = open(jobs({ onMarshalError: (message, task) => void reported.push([message, task.do]) }));
  const done = [pool.run({ do: 'unsendable' }), pool.run({ do: 'id' })];
  const error = await errorOf(done[0] as Promise<unknown>);
  t.like(error, { code: 'MARSHAL_RESPONSE', path: 'response.list[1].deep' });
  t.is(await done[1], 'jobs:0:2');
  t.deepEqual(reported, [[error.message, 'unsendable']]);
});

onEachHost('an onMarshalError that throws does not prevent the failure of the task', async (t, open) => {
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve));
  const pool = open(
    jobs({
      onMarshalError() {
        throw new Error('in the hook');
      },
    }),
  );
  t.is(await code(pool.run(echo(() => {}))), 'MARSHAL_REQUEST');
  t.is((await warned).code, 'STATEPOOL_HOOK');
});
