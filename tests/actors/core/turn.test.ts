import test from 'ava';
import { Turn } from '../../../actors/core/turn.ts';

test('what is asked for in the midst of a step is done after it, in order', (t) => {
  const done: string[] = [];
  const turn = new Turn(() => done.push('over'));
  turn.begin();
  turn.begin();
  turn.after(() => done.push('first'));
  turn.after(() => done.push('second'));
  turn.end();
  done.push('still in the step');
  turn.end();
  t.deepEqual(done, ['still in the step', 'first', 'second', 'over']);
  turn.after(() => done.push('at once'));
  t.is(done.at(-1), 'at once');
});

test('a step within what waited is over before the next of it begins', (t) => {
  const done: string[] = [];
  const turn = new Turn(() => {});
  turn.begin();
  turn.after(() => {
    turn.begin();
    turn.after(() => done.push('asked for last'));
    turn.end();
    done.push('first');
  });
  turn.after(() => done.push('second'));
  turn.end();
  t.deepEqual(done, ['first', 'second', 'asked for last']);
});
