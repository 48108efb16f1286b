import { createHistogram, type EventLoopUtilization, type Histogram, type RecordableHistogram } from 'node:perf_hooks';
import { eventLoopUtilization } from '../platform/platform.ts';

/** The durations that a pool with `timings` measures: live histograms, in nanoseconds, exact to 1 %, from the pool's beginning. */
export interface Timings {
  /** From the acceptance of a task to its first dispatch. */
  readonly wait: Histogram;
  /** From the (last) dispatch of a task to its answer; what it waits at a worker with a window is part of it. */
  readonly run: Histogram;
  /** Encoding and sending the requests of one dispatch, in the master. */
  readonly marshal: Histogram;
  /** From the start of a worker to its handshake; for one that was started in advance, from when it took its slot. */
  readonly spawn: Histogram;
}

const NANOSECONDS = 1_000_000;

/** Records what a pool with `timings` measures; a pool without it has none. */
export class Histograms implements Timings {
  readonly wait = create();
  readonly run = create();
  readonly marshal = create();
  readonly spawn = create();
}

function create(): RecordableHistogram {
  return createHistogram({ figures: 2 });
}

/** Records a duration in ms; one too short for the clock counts as a nanosecond, the least that a histogram takes. */
export function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * NANOSECONDS)));
}

/** The share of the time since `start` that this thread's event loop was at work, 0 to 1. */
export function utilizationSince(start: EventLoopUtilization): number {
  return eventLoopUtilization(start).utilization;
}
