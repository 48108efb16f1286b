/**
 * The pool's queue alone, as `take` uses it: measures the cost of one dispatch behind tasks that the worker has
 * refused.
 */
import { createEntry } from '../../dist/machines/queue/entry.js';
import { createMatchCursor } from '../../dist/machines/queue/match-cursor.js';
import { TaskQueue } from '../../dist/machines/queue/task-queue.js';
import { median } from '../statistics.js';

const OWN = 'own';
const REPEATS = 5;

/**
 * Returns figures by the number of refused tasks; `us` is the figure for the number that the row names. A quick run
 * leaves out the largest number.
 */
export function dispatch({ hasKeys }, { dispatches, refused, main, isQuick }) {
  const numbers = isQuick ? refused.slice(0, -1) : refused;
  const least = numbers[0];
  // Warm up: compile, and grow the queue beyond its own batch.
  for (let i = 0; i < 3; i++) timesOf(hasKeys, least, dispatches);
  const found = new Map(numbers.map((number) => [number, median(timesOf(hasKeys, number, dispatches))]));
  const last = found.get(numbers.at(-1));
  return {
    us: found.get(main),
    growth: last / found.get(least),
    slower: last - found.get(least),
    more: Object.fromEntries([...found].map(([number, us]) => [`${number.toLocaleString('en')} refused`, us])),
  };
}

/** Returns the microseconds a dispatch, several measurements on one queue. */
function timesOf(hasKeys, refused, dispatches) {
  const queue = new TaskQueue({
    accept: ({ status }, { task }) => status.type === 'old' && status.competence === task.key,
    keys: hasKeys ? 'require' : undefined,
  });
  const enter = (key) => queue.push(createEntry({ key }, { key: hasKeys ? key : undefined }));
  for (let i = 0; i < refused; i++) enter(`other ${i}`);
  const cursor = createMatchCursor({ type: 'old', competence: OWN }, hasKeys ? OWN : undefined);
  queue.watch(cursor);
  // A status passes refused tasks once. Measure after that.
  if (queue.first(cursor) !== undefined) throw new Error('the queue gives a cursor what it refuses');
  globalThis.gc?.();
  return Array.from({ length: REPEATS }, () => {
    const start = performance.now();
    for (let i = 0; i < dispatches; i++) {
      enter(OWN);
      queue.remove(queue.first(cursor));
    }
    const us = ((performance.now() - start) / dispatches) * 1000;
    if (queue.length !== refused) throw new Error(`the queue holds ${queue.length} tasks, not ${refused}`);
    return us;
  });
}
