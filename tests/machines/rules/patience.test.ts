import test from 'ava';
import { keyedKind } from '../../../testing/exploring/keyed-kind.ts';
import { PlayedRules } from '../../support/played-rules.ts';

test('a worker that answers after it was late is not late with its next task', (t) => {
  const played = new PlayedRules(keyedKind('require'), 2);
  played.run('a', 'b');
  played.answer(0);
  played.answer(1);
  played.run('a', 'b', 'a');
  played.tick(3);
  // Both workers are late now.
  played.answer(0);
  played.run('a');
  played.answer(1);
  t.is(played.doing, 'a free');
});

for (const mode of ['prefer', 'hook'] as const) {
  test(`${mode}: a worker's own task goes before an aged one that came later`, (t) => {
    const played = new PlayedRules(keyedKind(mode), 1, 1000);
    played.run('a', 'a');
    played.answer(0);
    played.run('a', 'b', 'a');
    played.tick(6);
    played.answer(0);
    t.is(played.doing, 'a');
    played.answer(0);
    t.is(played.doing, 'b');
  });
}

test('a worker that has just switched for an aged task is not due for the next one', (t) => {
  const played = new PlayedRules(keyedKind('prefer'), 1, 1000);
  played.run('a', 'a');
  played.answer(0);
  played.run('b', 'c', 'b', 'a');
  played.tick(6);
  played.answer(0);
  t.is(played.doing, 'b');
  played.answer(0);
  t.is(played.doing, 'b');
  played.answer(0);
  t.is(played.doing, 'c');
});

test('a task of a long queue is aged only after the time that the queue takes', (t) => {
  const played = new PlayedRules(keyedKind('prefer'), 1, 1000);
  played.measure(0, 100);
  played.run('a', 'a');
  played.answer(0);
  played.run('b', ...Array.from({ length: 20 }, () => 'a'));
  // Its patience is over after 4 ticks of 250 ms; the queue of 21 tasks of 100 ms takes 8 more.
  played.tick(12);
  played.answer(0);
  t.is(played.doing, 'a');
  played.tick();
  played.answer(0);
  t.is(played.doing, 'b');
});

test('no tick is asked for without waiting tasks, busy workers or a finite patience', (t) => {
  const isWatched = (patience: number | undefined, ...tasks: string[]) => {
    const played = new PlayedRules(keyedKind('prefer'), 1, patience);
    played.run(...tasks);
    return played.pool.scheduling.isWatched;
  };
  t.true(isWatched(undefined, 'a', 'b'));
  t.true(isWatched(100, 'a', 'b'));
  t.false(isWatched(undefined, 'a'));
  t.false(isWatched(0, 'a', 'b'));
  t.false(isWatched(Number.POSITIVE_INFINITY, 'a', 'b'));
});
