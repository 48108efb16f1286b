import type { EventLoopUtilization } from 'node:perf_hooks';
import { sentEarly } from '../../machines/rules/take.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { utilizationSince } from '../observing/histograms.ts';
import type { Stats } from './pool-types.ts';

/** Returns the counters of a pool that was made at `start`, and its present state. */
export function statsOf({ counts, state, pending, timings, journal }: PoolCore, start: EventLoopUtilization): Stats {
  const { cost, work } = state.scheduling.means;
  return {
    ...counts,
    queued: state.queue.length + sentEarly(state),
    delayed: state.delayed.size,
    busy: state.busy,
    pending,
    utilization: utilizationSince(start),
    competence: { ...state.scheduling.counts, meanCost: cost, meanWork: work },
    ...(timings === undefined ? {} : { timings }),
    ...(journal === undefined ? {} : { journal: journal.stats }),
  };
}
