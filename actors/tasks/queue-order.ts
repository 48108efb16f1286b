import type { Compare } from '../../machines/queue/entry.ts';
import { warn } from '../core/hook-warning.ts';
import type { PoolCore } from '../core/pool-core.ts';

/**
 * A comparison of `setOrder` that never throws: one that throws on the tasks of now does so here, to its author; one that throws
 * later is warned of, for no order is worth a task. @throws what the comparison throws
 */
export function safeOrder(core: PoolCore, compare: Compare): Compare {
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
