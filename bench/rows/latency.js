import { withoutModes } from '../subjects/groups.js';

/** One task after the other, on quiet and on busy machines. */
export const latency = [
  {
    title: 'latency: 1 in flight, 1 worker',
    workload: 'latency',
    options: {},
    subjects: [
      ...withoutModes,
      'statepool',
      'statepool async',
      'statepool async plans off',
      'statepool processes',
      'raw channel',
    ],
    goals: [
      { subject: 'statepool', least: 1.6, stretch: 5 },
      { subject: 'statepool', least: 1, always: true },
      { subject: 'statepool async', least: 1.45 },
      { subject: 'statepool async plans off', least: 1.25 },
      { subject: 'statepool', of: withoutModes, least: 1 },
    ],
    felt: [{ name: 'latency, one task in flight', subject: 'statepool' }],
    isPlotted: true,
  },
  {
    title: 'latency, cold: the first 300 ms of a new pool, 1 in flight, 1 worker',
    workload: 'first',
    times: 2,
    options: { ms: 300 },
    ...never(),
  },
  {
    title: 'latency on one processor: 1 in flight, 1 worker',
    workload: 'latency',
    needs: ['taskset'],
    within: ['taskset', '-c', '0'],
    options: {},
    ...never('one processor'),
  },
  {
    title: 'latency beside two busy loops: 1 in flight, 1 worker',
    workload: 'latency',
    options: { loops: 2 },
    ...never('a crowded machine'),
  },
  {
    title: 'noise: latency of one subject, measured twice',
    workload: 'latency',
    options: {},
    base: 'statepool',
    subjects: ['statepool', 'statepool again'],
    goals: [],
    isQuick: true,
  },
];

/** Makes the rest of a row in which no round may be slower than piscina. */
function never(place) {
  return {
    subjects: ['piscina', 'tinypool', 'statepool', 'raw channel'],
    goals: [{ subject: 'statepool', least: 1, always: true }],
    felt: place === undefined ? [] : [{ name: `latency on ${place}`, subject: 'statepool' }],
  };
}
