import test from 'ava';
import { Turn } from '../../../actors/core/turn.ts';

test('calls during a step run after it, in order', (t) => {
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

test('a step begun by a waiting call ends before the next waiting call', (t) => {
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
