import test from 'ava';
import { Processors } from '../../../../bin/prove/ways/processors.ts';

test('those that wait begin while a processor is idle, in their order', (t) => {
  const processors = new Processors(2);
  const begun: string[] = [];
  const waiting = (name: string) => () => {
    begun.push(name);
    processors.take();
  };
  processors.take();
  processors.whenIdle(waiting('first'));
  t.deepEqual(begun, ['first']);
  processors.whenIdle(waiting('second'));
  processors.release();
  t.deepEqual(begun, ['first', 'first']);
  processors.release();
  processors.release();
  t.is(begun.length, 4);
});

test('one that leaves waits no more', (t) => {
  const processors = new Processors(2);
  const begun: string[] = [];
  const [first, second] = ['first', 'second'].map((name) => () => {
    begun.push(name);
    processors.take();
    processors.leave(first as () => void);
  });
  processors.take();
  processors.take();
  processors.whenIdle(first as () => void);
  processors.whenIdle(second as () => void);
  processors.release();
  t.deepEqual(begun, ['first']);
  processors.release();
  t.deepEqual(begun, ['first', 'second']);
});

test('the spare ones are stopped when more are at work than there are processors', (t) => {
  const processors = new Processors(2);
  const stopped: string[] = [];
  processors.take();
  processors.spare(() => stopped.push('early'));
  processors.take();
  t.deepEqual(stopped, []);
  processors.take();
  t.deepEqual(stopped, ['early']);
  processors.spare(() => stopped.push('late'));
  t.deepEqual(stopped, ['early', 'late']);
});
