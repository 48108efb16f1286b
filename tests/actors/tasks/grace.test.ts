import test from 'ava';
import { jobs } from '../../support/jobs.ts';
import { code } from '../../support/outcome.ts';
import { opener } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

test('the grace period of a task applies to it alone, even if its worker has prefetched others', async (t) => {
  const pool = opener(t, 'thread')(jobs({ window: 4 }), { killGrace: 60_000 });
  const notes = new Notes(pool);
  const controller = new AbortController();
  pool.pause();
  const first = code(pool.run({ do: 'obey', key: 'a', answer: 'stopped' }, { signal: controller.signal }));
  const others = [pool.run({ do: 'id' }), pool.run({ do: 'aborts' })];
  pool.resume();
  await notes.begun('a');
  controller.abort(new Error('enough'));
  t.is(await first, 'CANCELLED');
  t.deepEqual(await Promise.all(others), ['jobs:0:1', [{ key: 'a', reason: 'enough' }]]);
});

test('feedback of a cancelled task during its grace period is not forwarded', async (t) => {
  const forwarded: unknown[] = [];
  const kind = jobs({
    async perform(_request, { signal, feedback }) {
      feedback({ begun: 'it' });
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      feedback({ late: true });
      return 'stopped';
    },
    forwardFeedback: (note) => void forwarded.push(note),
  });
  const pool = opener(t, 'inline')(kind, { killGrace: 60_000 });
  const notes = new Notes(pool);
  const controller = new AbortController();
  const task = code(
    pool.run({ do: 'it' }, { signal: controller.signal, onFeedback: (note) => forwarded.push(['caller', note]) }),
  );
  await notes.begun('it');
  controller.abort();
  t.is(await task, 'CANCELLED');
  await pool.join();
  t.deepEqual(forwarded, [{ begun: 'it' }, ['caller', { begun: 'it' }]]);
  t.is(notes.all.length, 1);
});

test('a map ends at the first failure, even if its source never answers', async (t) => {
  const pool = opener(t, 'inline')(jobs({ perform: () => Promise.reject(new Error('thrown')) }));
  let isFirst = true;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        if (!isFirst) return new Promise<never>(() => {});
        isFirst = false;
        return Promise.resolve({ done: false, value: { do: 'it' } });
      },
      return: () => new Promise<never>(() => {}),
    }),
  };
  const results = pool.map(source as AsyncIterable<{ do: string }>);
  await t.throwsAsync(async () => {
    for await (const _ of results);
  });
});
