import test from 'ava';
import fc from 'fast-check';
import {
  largestPath,
  openFeedback,
  openOutcome,
  openTask,
  sealFeedback,
  sealOutcome,
  sealTask,
} from '../../fleet/envelope.ts';

test('a task comes back with everything that a structured clone keeps, and its options', (t) => {
  const task = { map: new Map([[1, { deep: new Date(0) }]]), bytes: new Uint8Array([1, 2]), none: undefined, big: 2n };
  t.deepEqual(openTask(sealTask(task)), { task, kept: {} });
  t.deepEqual(openTask(sealTask({ a: 1 }, { priority: 3, timeout: 50 })), {
    task: { a: 1 },
    kept: { priority: 3, timeout: 50 },
  });
  for (const bare of [undefined, null, 0, '', '\0\ud800', []]) t.deepEqual(openTask(sealTask(bare)).task, bare);
});

test('any JSON value comes back as a task, a result and a feedback', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      t.deepEqual(openTask(sealTask(value)).task, value);
      t.deepEqual(openOutcome(sealOutcome({ result: value })), { result: value });
      t.deepEqual(openFeedback(sealFeedback(value)), value);
    }),
    { numRuns: 200 },
  );
  t.is(openFeedback(sealFeedback(undefined)), undefined);
});

test('a task with a function is refused, with the path to it', (t) => {
  const error = t.throws(() => sealTask({ items: [1, { onDone() {} }] }), { code: 'MARSHAL_TASK' } as object);
  t.like(error, { path: 'task.items[1].onDone' });
  t.is(
    error?.message,
    'the task cannot cross to another machine: task.items[1].onDone cannot be cloned; send plain data',
  );
});

test('a task that is too large is refused, with its size and its largest member', (t) => {
  const task = { id: 1, steps: [{ text: 'short' }, { text: 'x'.repeat(2000), 'odd key': 'y'.repeat(300) }] };
  const error = t.throws(() => sealTask(task, {}, 1000), { code: 'TOO_LARGE' } as object);
  t.like(error, { path: 'task.steps[1].text' });
  t.regex(
    String(error?.message),
    /^the task has \d{4} bytes as text, most of them in task\.steps\[1\]\.text: send a reference to it, or raise maxBytes \(1000\)$/,
  );
  t.is(sealTask('Ü'.repeat(100), {}, 204).length, 104);
  t.throws(() => sealTask('Ü'.repeat(100), {}, 203), { code: 'TOO_LARGE' } as object);
});

test('a result that is too large, or cannot cross, becomes an error that says so', (t) => {
  const large = openOutcome(sealOutcome({ result: { rows: 'x'.repeat(5000) } }, 1000)) as { error: object };
  t.like(large.error, { code: 'TOO_LARGE', path: 'result.rows', name: 'FleetError' });
  const stuck = openOutcome(sealOutcome({ result: { call() {} } })) as { error: object };
  t.like(stuck.error, { code: 'MARSHAL_TASK', path: 'result.call' });
});

test('an error crosses with its code, its cause and its fields', (t) => {
  const cause = Object.assign(new RangeError('out of range'), { code: 'X', at: [1, 2] });
  const error = Object.assign(new Error('failed', { cause }), { code: 'PERFORM' });
  const back = (openOutcome(sealOutcome({ error })) as { error: Error & { cause: object } }).error;
  t.like(back, { message: 'failed', code: 'PERFORM' });
  t.true(back.cause instanceof RangeError);
  t.like(back.cause, { message: 'out of range', code: 'X', at: [1, 2] });
});

test('an error that is too large crosses without its long parts', (t) => {
  const error = Object.assign(new TypeError('m'.repeat(5000)), { code: 'BIG', dump: 'x'.repeat(50_000) });
  const text = sealOutcome({ error }, 10_000);
  t.true(text.length < 10_000);
  const back = (openOutcome(text) as { error: Error }).error;
  t.like(back, { name: 'TypeError', code: 'BIG' });
  t.is(back.message.length, 1000);
});

test('an outcome is read as an error or as a result, also where a result looks like an error', (t) => {
  t.deepEqual(openOutcome(sealOutcome({ result: { error: 'none' } })), { result: { error: 'none' } });
  t.deepEqual(openOutcome(sealOutcome({ result: undefined })), { result: undefined });
  t.deepEqual(openOutcome(sealOutcome({ error: undefined })), { error: undefined });
});

test('the largest member is the smallest one that holds most of the value', (t) => {
  t.is(largestPath({ a: 'x', b: 'y' }, 'task'), 'task');
  t.is(largestPath(['short', { 'two words': 'x'.repeat(99) }], 'task'), 'task[1]["two words"]');
  t.is(largestPath({ a: 'x'.repeat(50), b: 'y'.repeat(50), c: 'z'.repeat(50) }, 'task'), 'task');
  t.is(largestPath('text', 'task'), 'task');
});
