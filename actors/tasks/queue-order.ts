import type { Compare } from '../../machines/entry.ts';
import { warn } from '../context/hook-warning.ts';
import type { Core } from '../context/pool-context.ts';

/**
 * A comparison of `setOrder` that never throws: one that throws on the tasks of now does so here, to its author; one that throws
 * later is warned of, for no order is worth a task. @throws what the comparison throws
 */
export function safeOrder(core: Core, compare: Compare): Compare {
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
