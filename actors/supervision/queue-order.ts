import type { Compare } from '../../machines/queue/entry.ts';
import { warn } from '../core/hook-warning.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { callback } from '../options/option-rules.ts';

/**
 * Makes a comparison of `setOrder` that never throws. If the given one throws on the tasks that are queued now, the
 * caller gets that error here. A later error is emitted as a warning: no order is worth a task.
 * @throws {UsageError} if it is no function
 * @throws the error of the comparison
 */
export function safeOrder(core: PoolCore, compare: Compare): Compare {
  callback('the argument of setOrder', compare);
  [...core.state.queue].map(({ task }) => task).sort(compare);
  return (a, b) => {
    try {
      return compare(a, b);
    } catch (error) {
      warn(core, 'the comparison of setOrder', error);
      return 0;
    }
  };
}
