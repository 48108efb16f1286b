import { echo, hold, type Job, jobs } from '../../support/jobs.ts';
import { collect, errorOf } from '../../support/outcome.ts';
import { onEachHost } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

/** A source that records the items taken from it, and whether it was closed. */
class Source implements Iterable<Job> {
  taken = 0;
  isClosed = false;
  readonly #tasks: readonly Job[];

  constructor(tasks: readonly Job[]) {
    this.#tasks = tasks;
  }

  *[Symbol.iterator](): Generator<Job> {
    try {
      for (const task of this.#tasks) {
        this.taken++;
        yield task;
      }
    } finally {
      this.isClosed = true;
    }
  }
}

const echoes = (count: number) => Array.from({ length: count }, (_, i) => echo(i));

onEachHost('map refuses what has no tasks in it', async (t, open) => {
  const pool = open(jobs());
  for (const tasks of [5, null, { a: 1 }, Promise.resolve([]), () => []]) {
    const error = await errorOf(collect(pool.map(tasks as unknown as Iterable<Job>)));
    t.like(error, { code: 'USAGE' });
    t.regex(
      error.message,
      /^the first argument of map is .*: it must be an array, a stream or another iterable of tasks$/,
    );
  }
});

onEachHost('map yields the results in the order of the tasks', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  pool.on('task', ({ result }) => result === 2 && pool.forwardFeedback({ open: 'slow' }));
  t.deepEqual(await collect(pool.map([hold('slow'), echo(1), echo(2)])), ['slow', 1, 2]);
});

onEachHost('map yields the results in order of arrival when order does not matter', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const results = pool.map([hold('slow'), echo(1), echo(2)], { ordered: false });
  const all: unknown[] = [];
  for await (const result of results) {
    all.push(result);
    if (all.length === 2) pool.forwardFeedback({ open: 'slow' });
  }
  t.deepEqual(all, [1, 2, 'slow']);
});

onEachHost(
  'map runs at most inFlight tasks at once, and none before its first result is requested',
  async (t, open) => {
    const pool = open(jobs());
    const source = new Source(echoes(10));
    const results = pool.map(source, { inFlight: 3 })[Symbol.asyncIterator]();
    await pool.ready();
    t.is(source.taken, 0);
    for (let i = 0; i < 10; i++) {
      t.is((await results.next()).value, i);
      t.is(source.taken, Math.min(10, i + 3));
    }
    t.true((await results.next()).done);
    t.true(source.isClosed);
  },
);

onEachHost('map runs twice as many tasks as the pool has workers by default', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const source = new Source(echoes(10));
  await pool.map(source)[Symbol.asyncIterator]().next();
  t.is(source.taken, 4);
});

onEachHost(
  'the first failure ends a map: it throws, cancels the other tasks and closes the source',
  async (t, open) => {
    const pool = open(jobs());
    const source = new Source([echo(0), { do: 'throw', what: 'custom' }, hold('never'), hold('never'), echo(4)]);
    const all: unknown[] = [];
    const error = await errorOf(
      (async () => {
        for await (const result of pool.map(source, { inFlight: 3 })) all.push(result);
      })(),
    );
    t.like(error, { code: 'PERFORM', cause: { code: 'E_QUOTA' } });
    t.deepEqual(all, [0]);
    t.true(source.isClosed);
    t.is(source.taken, 4);
    await pool.join();
    t.like(pool.stats, { cancelled: 2, pending: 0 });
  },
);

onEachHost('leaving a map early closes its source and cancels the tasks under way', async (t, open) => {
  const pool = open(jobs());
  const source = new Source([echo(0), hold('never'), hold('never'), echo(3)]);
  for await (const result of pool.map(source, { inFlight: 2 })) {
    t.is(result, 0);
    break;
  }
  t.true(source.isClosed);
  await pool.join();
  t.is(pool.stats.pending, 0);
  t.true(source.taken <= 3);
});

onEachHost('map takes its tasks from an AsyncIterable, and closes it', async (t, open) => {
  const pool = open(jobs());
  let isClosed = false;
  async function* tasks() {
    try {
      for (const task of echoes(5)) {
        await pool.ready();
        yield task;
      }
    } finally {
      isClosed = true;
    }
  }
  t.deepEqual(await collect(pool.map(tasks())), [0, 1, 2, 3, 4]);
  isClosed = false;
  for await (const _ of pool.map(tasks())) break;
  t.true(isClosed);
});

onEachHost('a signal ends a map', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const controller = new AbortController();
  const source = new Source([hold('a'), hold('b'), hold('c')]);
  const mapped = errorOf(collect(pool.map(source, { signal: controller.signal, inFlight: 2 })));
  await notes.begun('a');
  controller.abort(new Error('enough'));
  t.is((await mapped).code, 'CANCELLED');
  t.true(source.isClosed);
  await pool.join();
  t.is(pool.stats.pending, 0);
});

onEachHost('an error of the source ends a map', async (t, open) => {
  const pool = open(jobs());
  function* tasks() {
    yield echo(0);
    throw new Error('no more lines');
  }
  t.is((await errorOf(collect(pool.map(tasks())))).message, 'no more lines');
  await pool.join();
  t.is(pool.stats.pending, 0);
});

onEachHost('a result is yielded while the source is still waiting for its next item', async (t, open) => {
  const pool = open(jobs());
  let give: (task: Job) => void = () => {};
  async function* tasks() {
    yield echo('first');
    yield await new Promise<Job>((resolve) => {
      give = resolve;
    });
  }
  const all: unknown[] = [];
  for await (const result of pool.map(tasks(), { inFlight: 2 })) {
    all.push(result);
    give(echo('after the first'));
  }
  t.deepEqual(all, ['first', 'after the first']);
});

onEachHost('a map without tasks yields nothing, and an illegal inFlight is refused', async (t, open) => {
  const pool = open(jobs());
  t.deepEqual(await collect(pool.map([])), []);
  t.throws(() => pool.map([], { inFlight: 0 }), { code: 'USAGE', message: /inFlight is 0/ });
});
