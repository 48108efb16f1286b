import { oneByOne, processes, threads } from '../subjects/groups.js';

const modes = ['statepool', 'statepool plans off', 'statepool window'];

/** Many tasks in flight that do nothing. */
export const throughput = [
  ...[1, 2].map((workers) => ({
    title: `throughput: 1,000 in flight, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    workload: 'throughput',
    workers,
    options: {},
    subjects: [...threads, ...modes, 'raw channel'],
    goals: [
      { subject: 'statepool', least: 1.8, stretch: 2.5 },
      { subject: 'statepool', of: oneByOne, least: 1 },
      ...(workers === 1
        ? [{ subject: 'statepool', of: threads, stretch: 1 }]
        : [{ subject: 'statepool', of: threads, least: 1.1, stretch: 1.5 }]),
      { subject: 'statepool window', least: 12, stretch: 22 },
      { subject: 'statepool window', of: threads, least: 6 },
      { subject: 'statepool', value: 'spread', most: 3, stretch: 2 },
      ...(workers === 1
        ? []
        : [
            { subject: 'statepool window', value: 'spread', most: 4, stretch: 3 },
            { subject: 'statepool window', of: ['tinypool 100 a worker'], figure: 'p99', most: 1 },
          ]),
    ],
    felt: [
      { name: `throughput, ${workers === 1 ? '1 worker' : '2 workers'}`, subject: 'statepool' },
      ...(workers === 1 ? [{ name: 'its processor time a task', subject: 'statepool', figure: 'cpu' }] : []),
      { name: `throughput with a window, ${workers === 1 ? '1 worker' : '2 workers'}`, subject: 'statepool window' },
    ],
    isPlotted: true,
  })),
  ...[8, 64].map((workers) => ({
    title: `many workers: 1,000 in flight, ${workers} workers`,
    workload: 'throughput',
    workers,
    options: {},
    subjects: ['piscina', 'tinypool', 'tinypool 100 a worker', 'statepool', 'statepool window'],
    goals: [{ subject: 'statepool', of: ['tinypool'], least: 1, stretch: workers === 8 ? 1.5 : 2 }],
    felt: [{ name: `throughput, ${workers} workers`, subject: 'statepool' }],
    isPlotted: true,
  })),
  {
    title: 'noise: throughput of one subject, measured twice, 2 workers',
    workload: 'throughput',
    workers: 2,
    options: {},
    base: 'statepool',
    subjects: ['statepool', 'statepool again'],
    goals: [],
    isQuick: true,
  },
  {
    title: 'processes: 1,000 in flight, 1 worker',
    workload: 'throughput',
    options: {},
    subjects: ['piscina', ...processes, 'statepool processes', 'statepool processes window'],
    goals: [
      { subject: 'statepool processes window', of: processes, least: 8, stretch: 15 },
      { subject: 'statepool processes window', least: 6, stretch: 12 },
    ],
  },
  {
    title: 'viewed: 1,000 in flight, 1 worker, with a viewer of the inspector',
    workload: 'seen',
    rounds: 2,
    options: {},
    base: 'statepool viewed',
    subjects: ['statepool viewed', 'statepool window viewed'],
    goals: ['statepool viewed', 'statepool window viewed'].flatMap((subject) => [
      { subject, value: 'share', least: 0.95 },
      { subject, value: 'cpuShare', least: 0.95 },
    ]),
  },
  {
    title: 'journal: 64 in flight, 1 worker, with and without a journal',
    workload: 'throughput',
    options: { inFlight: 64 },
    base: 'statepool',
    subjects: ['statepool', 'statepool journal', 'statepool window', 'statepool window journal', 'statepool power'],
    goals: [
      { subject: 'statepool journal', of: ['statepool'], least: 0.334 },
      { subject: 'statepool window journal', of: ['statepool window'], least: 0.3, stretch: 0.5 },
    ],
  },
];
