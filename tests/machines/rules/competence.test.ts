import test from 'ava';
import { decide } from '../../../machines/rules/decide.ts';
import { keyedKind } from '../../../testing/exploring/keyed-kind.ts';
import { PlayedRules } from '../../support/played-rules.ts';

for (const mode of ['require', 'match'] as const) {
  test(`${mode}: a task that only a fresh worker takes gets one at once, though a worker is busy`, (t) => {
    const played = new PlayedRules(keyedKind(mode), 3);
    played.run('a', 'b', 'c');
    played.answer(1);
    played.answer(2);
    played.run('d');
    t.is(played.doing, 'a ending free', 'the least recently used worker makes room');
    played.replace(1);
    t.is(played.doing, 'a d free');
    t.is(played.pool.scheduling.counts.rooms, 1);
  });

  test(`${mode}: as many rooms are made as tasks wait, and none for a task that a starting worker takes`, (t) => {
    const played = new PlayedRules(keyedKind(mode), 3);
    played.run('a', 'b', 'c');
    played.answer(1);
    played.answer(2);
    played.run('d');
    played.run('d');
    t.is(played.pool.scheduling.counts.rooms, mode === 'require' ? 1 : 2);
    const both = new PlayedRules(keyedKind(mode), 3);
    both.run('a', 'b', 'c');
    both.answer(1);
    both.answer(2);
    both.run('d', 'e');
    t.is(both.doing, 'a ending ending');
  });

  test(`${mode}: a task waits for the busy worker that knows it while that costs less than another worker`, (t) => {
    const played = new PlayedRules(keyedKind(mode), 2);
    played.run('a', 'b');
    played.answer(0);
    played.answer(1);
    played.measure(50, 20);
    played.run('a', 'a', 'a');
    t.is(played.doing, 'a free', 'two tasks of 20 ms wait, and another worker costs 50 ms');
    played.run('a');
    t.is(played.doing, 'a ending', 'three would wait longer');
  });

  test(`${mode}: without a measurement a task waits, but not for a worker that is late`, (t) => {
    const played = new PlayedRules(keyedKind(mode), 2);
    played.run('a', 'b');
    played.answer(0);
    played.answer(1);
    played.run('a', 'a');
    t.is(played.doing, 'a free');
    played.tick(2);
    t.is(played.doing, 'a free');
    played.tick();
    t.is(played.doing, 'a ending');
  });

  test(`${mode}: an aged task that nobody knows goes before a worker's own later tasks`, (t) => {
    const played = new PlayedRules(keyedKind(mode), 1, 1000);
    played.run('a', 'a');
    played.answer(0);
    played.run('b', 'a', 'a', 'a');
    played.tick(4);
    played.answer(0);
    t.is(played.doing, 'a', 'its patience is not over');
    played.tick();
    played.answer(0);
    t.is(played.doing, 'ending');
    played.replace(0);
    t.is(played.doing, 'b');
  });

  test(`${mode}: patience 0 makes room at once, and Infinity never for a task that a busy worker knows`, (t) => {
    const doing = [0, Number.POSITIVE_INFINITY].map((patience) => {
      const played = new PlayedRules(keyedKind(mode), 2, patience);
      played.run('a', 'b');
      played.answer(0);
      played.answer(1);
      played.measure(1, 1000);
      played.run('a', 'a');
      played.tick(10);
      return played.doing;
    });
    t.deepEqual(doing, ['a ending', 'a free']);
  });
}

test('a worker that made a follow-up which only it takes is not ended for another task', (t) => {
  const kind = keyedKind('match');
  let isOpen = false;
  const picky = {
    ...kind,
    taskMatch: (status: { type: string }, task: string) =>
      task === 'mine' ? status.type === 'old' && isOpen : status.type === 'fresh',
  };
  const played = new PlayedRules(picky, 2);
  played.run('a', 'b');
  played.answer(0, ['mine']);
  played.run('c');
  t.is(played.doing, 'free b');
  isOpen = true;
  decide(played.pool, { type: 'broadcast' });
  t.is(played.doing, 'mine b');
});

test('a fresh worker leaves a key to the busy worker that holds it, if another key waits', (t) => {
  const played = new PlayedRules(keyedKind('require'), 2);
  played.run('a', 'a', 'b', 'a');
  t.is(played.doing, 'a b');
  const alone = new PlayedRules(keyedKind('require'), 2);
  alone.run('a', 'a');
  t.is(alone.doing, 'a a', 'no worker is idle while a task waits that it could take');
});

for (const mode of ['prefer', 'hook'] as const) {
  test(`${mode}: a worker takes its own key first, then one that nobody knows, and loads in place`, (t) => {
    const played = new PlayedRules(keyedKind(mode), 2);
    played.run('a', 'b');
    played.answer(0);
    played.run('a');
    played.run('c', 'b', 'a');
    played.answer(0);
    t.is(played.doing, 'a b');
    played.answer(0);
    t.is(played.doing, 'c b');
    t.like(played.pool.scheduling.counts, { hits: 2, fresh: 2, switches: 1, rooms: 0 });
  });

  test(`${mode}: a free worker leaves a task to the busy one that knows it, and helps when that wait is long`, (t) => {
    const played = new PlayedRules(keyedKind(mode), 2);
    played.run('a', 'b');
    played.answer(0);
    played.answer(1);
    played.measure(50, 20);
    played.run('a', 'a', 'a');
    t.is(played.doing, 'a free');
    played.run('a');
    t.is(played.doing, 'a a');
  });

  test(`${mode}: an aged task that nobody knows goes before a worker's own later tasks, once in a while`, (t) => {
    const played = new PlayedRules(keyedKind(mode), 1, 1000);
    played.run('a', 'a');
    played.answer(0);
    played.run('b', 'a', 'a', 'a');
    played.tick(4);
    played.answer(0);
    t.is(played.doing, 'a');
    played.tick();
    played.answer(0);
    t.is(played.doing, 'b');
    played.answer(0);
    t.is(played.doing, 'a');
  });
}

test('a free worker helps with the key whose tasks wait longest', (t) => {
  const played = new PlayedRules(keyedKind('prefer'), 3);
  played.run('a', 'b', 'c');
  for (const slot of [0, 1, 2]) played.answer(slot);
  played.run('a', 'b');
  played.measure(10, 10);
  played.pool.holds++;
  played.run('a', 'a', 'b', 'b', 'b');
  decide(played.pool, { type: 'resume' });
  t.is(played.doing, 'a b b');
});

test('a hook that looks at the slot gets the worker: tasks go to their slots, and room is made there', (t) => {
  const kind = {
    ...keyedKind('match'),
    taskMatch: (status: { type: string }, task: string, { slot }: { slot: number }) =>
      status.type === 'fresh' && task.endsWith(String(slot)),
  };
  const played = new PlayedRules(kind, 2);
  played.run('x1', 'y1', 'x0');
  t.is(played.doing, 'x0 x1');
  played.answer(0);
  t.is(played.doing, 'free x1');
  played.answer(1);
  t.is(played.doing, 'free ending', 'a fresh worker in slot 0 would not take the task');
  played.replace(1);
  t.is(played.doing, 'free y1');
});
