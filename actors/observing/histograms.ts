import { createHistogram, type EventLoopUtilization, type Histogram, type RecordableHistogram } from 'node:perf_hooks';
import { eventLoopUtilization } from '../platform/platform.ts';

/** The durations that a pool with `timings` measures from its start: live histograms, in nanoseconds, exact to 1 %. */
export interface Timings {
  /** The time from the acceptance of a task to its first dispatch. */
  readonly wait: Histogram;
  /** The time from the last dispatch of a task to its answer. With a window it includes the wait at the worker. */
  readonly run: Histogram;
  /** The time to encode and send the requests of one dispatch, in the master. */
  readonly marshal: Histogram;
  /** The time from the start of a worker to its handshake; for a spare, from when it took its slot. */
  readonly spawn: Histogram;
}

const NANOSECONDS = 1_000_000;

/** The histograms of a pool with `timings`; other pools have none. */
export class Histograms implements Timings {
  readonly wait = create();
  readonly run = create();
  readonly marshal = create();
  readonly spawn = create();
}

function create(): RecordableHistogram {
  return createHistogram({ figures: 2 });
}

/** Records a duration in ms; at least one nanosecond, the least value of a histogram. */
export function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * NANOSECONDS)));
}

/** Returns the share of the time since `start`, 0 to 1, in which this thread's event loop was active. */
export function utilizationSince(start: EventLoopUtilization): number {
  return eventLoopUtilization(start).utilization;
}
