import test from 'ava';
import { type BarView, inspect, type MarkView, type ToPage } from 'statepool/inspect';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { keyed } from '../../support/keyed.ts';
import { opener, stayAlive } from '../../support/pool.ts';
import { Viewer } from '../../support/viewer.ts';
import { Notes } from '../../support/witness.ts';

/** Returns the bars of all messages, with times since the epoch. */
function barsOf(all: readonly ToPage[]): BarView[] {
  return all.flatMap((message) =>
    message.type === 'ended'
      ? []
      : message.timeline.bars.map(({ from, to, ...bar }) => ({
          ...bar,
          from: message.at - from,
          ...(to === undefined ? {} : { to: message.at - to }),
        })),
  );
}

function marksOf(all: readonly ToPage[]): MarkView[] {
  return all.flatMap((message) => (message.type === 'ended' ? [] : message.timeline.marks));
}

test('each task is a bar with its name, in the colour of what its worker knows since', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(keyed);
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  const before = Date.now();
  for (const file of ['1', '2', '3']) await pool.run({ key: 'a', file });
  const after = Date.now();
  await viewer.untilAll((all) => barsOf(all).filter(({ to }) => to !== undefined).length === 3);
  const bars = barsOf(viewer.all).filter(({ to }) => to !== undefined);
  t.deepEqual(
    bars.map(({ slot, name, label, hasLearnt }) => [slot, name, label, hasLearnt]),
    [
      [0, 'a/1', 'a', true],
      [0, 'a/2', 'a', undefined],
      [0, 'a/3', 'a', undefined],
    ],
  );
  for (const [i, { from, to = 0 }] of bars.entries()) {
    t.true(before <= from && from <= to && to <= after);
    t.true((bars[i - 1]?.to ?? 0) <= from, 'bars of one slot do not overlap');
  }
});

test('a task that goes on is sent once, and its bar ends with it', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(keyed);
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  const held = pool.run({ key: 'a', file: 'held', hold: true });
  await viewer.untilAll((all) => barsOf(all).some(({ to }) => to === undefined));
  // Another message must not bring it again.
  const other = pool.run({ key: 'a', file: 'waits' });
  await viewer.reads(({ queue }) => queue.length === 1);
  const late = new Viewer(t, { ...(await inspect(pool)) });
  const full = await late.until(({ type }) => type === 'full');
  t.deepEqual(
    barsOf([full]).map(({ name, to }) => [name, to]),
    [['a/held', undefined]],
  );
  pool.forwardFeedback({ open: 'held' });
  await Promise.all([held, other]);
  await viewer.untilAll((all) => barsOf(all).filter(({ to }) => to !== undefined).length === 2);
  const bars = barsOf(viewer.all).filter(({ name }) => name === 'a/held');
  t.is(bars.length, 2);
  t.is(bars[0]?.from, bars[1]?.from);
  t.true((bars[1]?.to ?? 0) >= (bars[1]?.from ?? 0));
});

test('the end of a worker is a room, a death, or an end by the pool', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'process')(keyed);
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  await pool.run({ key: 'a', file: '1' });
  await pool.run({ key: 'b', file: '2' });
  await viewer.untilAll((all) => marksOf(all).length === 1);
  const next = await viewer.actor(({ id, pid }) => id === 'compile:0:2' && pid !== undefined);
  process.kill(next.pid as number, 'SIGKILL');
  await viewer.untilAll((all) => marksOf(all).length === 2);
  await viewer.actor(({ id, state }) => id === 'compile:0:3' && state === 'fresh');
  pool.cancelWorker('compile:0:3');
  await viewer.untilAll((all) => marksOf(all).length === 3);
  t.deepEqual(
    marksOf(viewer.all).map(({ slot, what, worker, why }) => [slot, what, worker, why]),
    [
      [0, 'room', 'compile:0:1', 'ended by the pool'],
      [0, 'death', 'compile:0:2', 'signal SIGKILL'],
      [0, 'end', 'compile:0:3', 'ended by the pool'],
    ],
  );
});

test('a worker that ends by its verdict makes no room, even while tasks wait', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'inline')(jobs());
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  const ends = Array.from({ length: 5 }, (_, i) => pool.run(echo(i, { verdict: () => ({ type: 'end' }) })));
  await Promise.all(ends);
  await viewer.untilAll((all) => marksOf(all).length === 5);
  t.true(marksOf(viewer.all).every(({ what }) => what === 'end'));
});

test('a worker that is cancelled at its task makes no room, even while tasks wait', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(keyed);
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  await pool.run({ key: 'a', file: '1' });
  const held = pool.run({ key: 'a', file: 'held', hold: true });
  const next = pool.run({ key: 'b', file: '2' });
  await viewer.reads(({ queue }) => queue.length === 1);
  pool.cancelWorker('compile:0:1');
  await t.throwsAsync(held);
  await next;
  await viewer.untilAll((all) => marksOf(all).length === 1);
  t.like(marksOf(viewer.all)[0], { slot: 0, what: 'end', worker: 'compile:0:1' });
});

test('failed tasks are listed with their names and the codes of their errors', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(keyed);
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  await t.throwsAsync(pool.run({ key: 'a', file: 'broken', isBroken: true, text: 'xyzzy' }));
  const held = pool.run({ key: 'a', file: 'held', hold: true });
  const signal = AbortSignal.abort();
  await t.throwsAsync(pool.run({ key: 'a', file: 'cancelled' }, { signal }));
  await viewer.reads(({ header }) => header.failed === 2);
  const failed = viewer.all.flatMap((message) => (message.type === 'ended' ? [] : message.timeline.failed));
  t.deepEqual(
    failed.map(({ name, code, worker }) => [name, code, worker]),
    [
      ['a/broken', 'PERFORM E_BROKEN', 'compile:0:1'],
      ['a/cancelled', 'CANCELLED', undefined],
    ],
  );
  t.true(barsOf(viewer.all).some(({ name, isFailed }) => name === 'a/broken' && isFailed));
  pool.forwardFeedback({ open: 'held' });
  await held;
});

test('the age of a waiting task is known from the time when somebody looked', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(jobs());
  const notes = new Notes(pool);
  const all = [pool.run(hold('gate')), pool.run(echo(1, { key: 'before' }))];
  await notes.begun('gate');
  const before = Date.now();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  all.push(pool.run(echo(2, { key: 'after' })));
  const { queue } = await viewer.reads(({ queue }) => queue.length === 2);
  const after = Date.now();
  t.deepEqual(
    queue.head.map(({ name, isEarlier }) => [name, isEarlier]),
    [
      ['before', true],
      ['after', undefined],
    ],
  );
  for (const { since = 0 } of queue.head) t.true(before <= since && since <= after);
  pool.forwardFeedback({ open: 'gate' });
  await Promise.all(all);
  const { header } = await viewer.reads(({ header }) => header.wait !== undefined);
  t.true((header.wait ?? -1) >= 0);
});

test('under load a message has a bounded number of bars and a bounded length, without any payload', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'inline')(keyed, { size: 64 });
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  let isSeen = false;
  void viewer
    .untilAll((all) => all.filter((message) => message.type === 'tick' && message.timeline.bars.length > 64).length > 5)
    .then(() => {
      isSeen = true;
    });
  const text = 'xyzzy '.repeat(100);
  const name = 'a-long-name-'.repeat(20);
  const one = async (i: number) => {
    for (let n = 0; !isSeen; n++) await pool.run({ key: `key ${i}`, file: `${name}${n}`, text });
  };
  await Promise.all(Array.from({ length: 64 }, (_, i) => one(i)));
  await viewer.reads(({ header }) => header.running === 0 && header.done === pool.stats.completed);
  for (const [i, message] of viewer.all.entries()) {
    if (message.type !== 'tick') continue;
    const ended = message.timeline.bars.filter(({ to }) => to !== undefined);
    t.true(ended.length <= 256 && message.timeline.bars.length - ended.length <= 64);
    t.true((viewer.texts[i]?.length ?? 0) < 120_000, `${viewer.texts[i]?.length} characters`);
    t.false(viewer.texts[i]?.includes('xyzzy'));
  }
});

test('without a view of competences, a label is the number of an affinity key, and never the key', async (t) => {
  stayAlive(t);
  const { viewOfCompetence, ...silent } = keyed;
  t.is(typeof viewOfCompetence, 'function');
  const pool = opener(t, 'inline')({ ...silent, nameOfTask: ({ file }) => file }, { size: 2 });
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  for (const [i, key] of ['xyzzy one', 'xyzzy two', 'xyzzy one'].entries()) await pool.run({ key, file: `${i}` });
  await viewer.untilAll((all) => barsOf(all).filter(({ to }) => to !== undefined).length === 3);
  const labels = barsOf(viewer.all).flatMap(({ to, name, label }) => (to === undefined ? [] : [`${name}: ${label}`]));
  t.deepEqual(labels.sort(), ['0: key 1', '1: key 2', '2: key 1']);
  t.false(viewer.texts.some((each) => each.includes('xyzzy')));
});
