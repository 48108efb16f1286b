import test from 'ava';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { codes, collect } from '../../support/outcome.ts';
import { onEveryHost, opener } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

/** A signal that counts its listeners. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  let most = 0;
  const add = signal.addEventListener.bind(signal) as (...args: unknown[]) => void;
  const remove = signal.removeEventListener.bind(signal) as (...args: unknown[]) => void;
  Object.assign(signal, {
    addEventListener(...args: unknown[]) {
      listeners++;
      most = Math.max(most, listeners);
      add(...args);
    },
    removeEventListener(...args: unknown[]) {
      listeners--;
      remove(...args);
    },
  });
  return { controller, signal, listeners: () => listeners, most: () => most };
}

onEveryHost('tasks that share a signal have one listener on it, and leave none', async (t, open) => {
  const pool = open(jobs(), { size: 2 });
  const { signal, listeners, most } = counted();
  const tasks = Array.from({ length: 50 }, (_, i) => pool.run(echo(i), { signal }));
  t.is(listeners(), 1);
  await Promise.all([...tasks, pool.join({ signal }), pool.slot({ signal })]);
  t.is(most(), 1);
  t.is(listeners(), 0);
});

onEveryHost('a map has one listener on its signal, and leaves none', async (t, open) => {
  const pool = open(jobs(), { size: 8 });
  const { signal, listeners, most } = counted();
  const all = Array.from({ length: 100 }, (_, i) => i);
  t.deepEqual(
    await collect(
      pool.map(
        all.map((i) => echo(i)),
        { signal },
      ),
    ),
    all,
  );
  t.is(most(), 1);
  t.is(listeners(), 0);
});

onEveryHost('the abort of a shared signal cancels all its tasks, queued and running, and no other', async (t, open) => {
  const pool = open(jobs());
  const notes = new Notes(pool);
  const { controller, signal, listeners } = counted();
  const running = codes([pool.run(hold('a'), { signal })]);
  await notes.begun('a');
  const queued = codes(Array.from({ length: 20 }, (_, i) => pool.run(echo(i), { signal })));
  const other = pool.run(echo('other'));
  controller.abort(new Error('enough'));
  t.deepEqual([...(await running), ...(await queued)], Array(21).fill('CANCELLED'));
  t.is(await other, 'other');
  t.is(listeners(), 1, 'one that is called once takes itself away');
});

test('a signal of another library works too', async (t) => {
  const pool = opener(t, 'inline')(jobs());
  const listeners = new Set<() => void>();
  const foreign = {
    aborted: false,
    reason: undefined as unknown,
    addEventListener: (_type: string, listener: () => void) => void listeners.add(listener),
    removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener),
  };
  pool.pause();
  const task = codes([pool.run(echo(1), { signal: foreign as never })]);
  foreign.aborted = true;
  foreign.reason = new Error('by another library');
  for (const listener of listeners) listener();
  t.deepEqual(await task, ['CANCELLED']);
});
