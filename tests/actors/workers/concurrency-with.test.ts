import test from 'ava';
import { createPool } from 'statepool';
import { checkedTokens } from '../../support/checked-tokens.ts';
import { hold, jobs } from '../../support/jobs.ts';
import { journalOf } from '../../support/journal.ts';
import { code } from '../../support/outcome.ts';
import { onEachHost, opener } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

onEachHost(
  'with tokens, a worker holds one token for all that it performs, and gets no more while others wait',
  async (t, open) => {
    const tokens = checkedTokens(1);
    const pool = open(jobs({ concurrency: 2 }), { tokens: tokens.source });
    const notes = new Notes(pool);
    const all = ['a', 'b', 'c'].map((key) => pool.run(hold(key)));
    await Promise.all([notes.begun('a'), notes.begun('b')]);
    t.like(tokens, { left: 0, taken: 1 });
    tokens.rival();
    pool.forwardFeedback({ open: 'a' });
    t.is(await all[0], 'a');
    t.is(pool.queued, 1);
    pool.forwardFeedback({ open: 'b' });
    t.is(await all[1], 'b');
    tokens.leave();
    await notes.begun('c');
    pool.forwardFeedback({ open: 'c' });
    t.is(await all[2], 'c');
    await pool.close();
    t.is(tokens.left, 1);
  },
);

test('with a journal, each of the tasks has its own record, and those that had not ended run again', async (t) => {
  const { path, text } = journalOf(t);
  const open = () => opener(t, 'inline')(jobs({ concurrency: 3 }), { journal: { path, durability: 'process' } });
  const first = open();
  const notes = new Notes(first);
  const results = ['a', 'b', 'c'].map((key) => first.run(hold(key), { id: key }));
  await Promise.all(['a', 'b', 'c'].map((key) => notes.begun(key)));
  first.forwardFeedback({ open: 'b' });
  t.is(await results[1], 'b');
  await Promise.all([first.destroy(), ...results.map(code)]);
  t.true(text().length > 0);
  const second = open();
  const again = new Notes(second);
  await Promise.all([again.begun('a'), again.begun('c')]);
  t.deepEqual(again.order.sort(), ['a', 'c']);
  const twice = ['a', 'b', 'c'].map((key) => second.run(hold(key), { id: key }));
  for (const key of ['c', 'a']) second.forwardFeedback({ open: key });
  t.deepEqual(await Promise.all(twice), ['a', 'b', 'c']);
});

test('tasks that move buffers are performed together', async (t) => {
  const pool = opener(t, 'thread')(jobs({ concurrency: 2 }));
  const notes = new Notes(pool);
  const run = (key: string) => {
    const value = new ArrayBuffer(8);
    const result = pool.run(hold(key, { value }), { transfer: [value] }) as Promise<ArrayBuffer>;
    return { value, result };
  };
  const [a, b] = [run('a'), run('b')];
  await Promise.all([notes.begun('a'), notes.begun('b')]);
  t.deepEqual([a.value.byteLength, b.value.byteLength], [0, 0]);
  for (const key of ['b', 'a']) pool.forwardFeedback({ open: key });
  t.deepEqual([(await a.result).byteLength, (await b.result).byteLength], [8, 8]);
});

test('a kind with a wrong concurrency is refused', (t) => {
  const refused = (kind: object, message: RegExp) =>
    t.throws(() => createPool({ ...jobs(), ...kind }), { code: 'USAGE', message });
  for (const concurrency of [0, 1.5, 1025, '8']) {
    refused({ concurrency }, /has concurrency .*: it must be a whole number from 1 to 1024/);
  }
  refused({ concurrency: 2, window: 3 }, /has window 3 and concurrency 2: keep one of them/);
});
