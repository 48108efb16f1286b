import test from 'ava';
import type { BarView, FullMessage, MarkView, TickMessage } from 'statepool/inspect';
import { History, SPAN, slotOf } from '../../../inspect/page/timeline/history.ts';

const HEADER = { state: 'running', waiting: 0, running: 0, done: 0, failed: 0, rate: 7, busy: 0.5 };

/** Makes a message with bars and marks, whose times are ms before `at`. */
function tick(at: number, bars: readonly BarView[], marks: readonly MarkView[] = []): TickMessage {
  return {
    type: 'tick',
    at,
    header: HEADER,
    actors: [],
    forgotten: [],
    visitCounts: [],
    fired: [],
    messages: [],
    isSampled: false,
    queue: { length: 0, head: [], reasons: [] },
    timeline: { bars, marks, failed: [] },
  };
}

function full(at: number, pid: number, bars: readonly BarView[] = []): FullMessage {
  const { type, fired, forgotten, visitCounts, messages, isSampled, ...rest } = tick(at, bars);
  return { type: 'full', pool: { id: 'p', kind: 'k', host: 'inline', size: 1, pid }, machines: [], ...rest };
}

test('a task that goes on is replaced by its bar', (t) => {
  const history = new History();
  history.take(tick(1000, [{ slot: 2, from: 10, name: 'a' }]), 0);
  t.deepEqual(history.trackOf(2).running, { slot: 2, from: 990, name: 'a' });
  history.take(tick(1100, [{ slot: 2, from: 110, to: 20, name: 'a', label: 'x' }]), 100);
  t.is(history.trackOf(2).running, undefined);
  t.deepEqual(history.trackOf(2).bars, [{ slot: 2, from: 990, to: 1080, name: 'a', label: 'x' }]);
});

test('short tasks of one colour become one bar; signs and other colours stay apart', (t) => {
  const history = new History();
  const bars = [
    { slot: 0, from: 100, to: 95, name: 'a', label: 'x' },
    { slot: 0, from: 94, to: 90, name: 'b', label: 'x', count: 3 },
    { slot: 0, from: 89, to: 85, name: 'c', label: 'y' },
    { slot: 0, from: 84, to: 80, name: 'd', label: 'y', isFailed: true },
    { slot: 0, from: 30, to: 10, name: 'e', label: 'y' },
  ];
  history.take(tick(1000, bars), 0);
  t.deepEqual(
    history.trackOf(0).bars.map(({ name, count }) => [name, count]),
    [
      ['a', 4],
      ['c', undefined],
      ['d', undefined],
      ['e', undefined],
    ],
  );
});

test('only the last minute is kept, and at most a bounded number of bars', (t) => {
  const history = new History();
  for (let at = 1000; at < 500_000; at += 100) {
    const bars = Array.from({ length: 20 }, (_, slot) =>
      ['x', 'y', 'z', 'x'].map((label, i) => ({ slot, from: 90 - 20 * i, to: 80 - 20 * i, name: 'n', label })),
    );
    history.take(tick(at, bars.flat(), [{ slot: 0, at: 5, what: 'room', worker: 'k:0:1', why: 'because' }]), at);
  }
  const all = history.ordered.flatMap(({ bars }) => bars);
  t.true(all.length > 20_000 && all.length <= 40_000, `${all.length} bars`);
  t.true(history.trackOf(0).marks.length <= 200);
  history.take(tick(500_000 + SPAN, []), 0);
  t.deepEqual(
    history.ordered.flatMap(({ bars, marks }) => [...bars, ...marks]),
    [],
  );
  t.true(history.points.length <= SPAN / 100 + 2);
});

test('the time goes on between messages, never back, and stops with the program', (t) => {
  const history = new History();
  history.take(tick(10_000, []), 500);
  t.is(history.now(700), 10_200);
  // This message was late.
  history.take(tick(10_100, []), 900);
  t.is(history.now(900), 10_400);
  history.stop(1000);
  t.is(history.now(5000), 10_500);
});

test('a viewer that has missed messages keeps its minute; another program begins a new one', (t) => {
  const history = new History();
  history.take(full(1000, 1, [{ slot: 0, from: 5, name: 'lost' }]), 0);
  history.take(tick(1100, [{ slot: 1, from: 20, to: 10, name: 'kept' }]), 0);
  history.take(full(1200, 1), 0);
  t.is(history.trackOf(0).running, undefined);
  t.is(history.trackOf(1).bars.length, 1);
  history.take(full(1300, 2), 0);
  t.is(history.tracks.size, 0);
});

test('the slot of a worker stands in its id', (t) => {
  t.is(slotOf('a:b:12:3'), 12);
  t.is(slotOf('pool-1'), undefined);
});
