/** What a pool costs beside its results. */
export const memory = [
  {
    title: 'heap for each queued task, 100,000 queued, 1 worker',
    workload: 'heap',
    figure: 'bytes',
    options: { queued: 100_000 },
    subjects: ['piscina', 'tinypool', 'jest-worker', 'statepool'],
    rounds: 2,
    goals: [{ subject: 'statepool', value: 'bytes', most: 350, stretch: 200 }],
    felt: [{ name: 'heap for a queued task', subject: 'statepool', figure: 'bytes' }],
  },
  {
    title: 'heap for each element of an array of 100,000 in `pool.map`, all in flight, 1 worker',
    workload: 'mapHeap',
    figure: 'bytes',
    options: { queued: 100_000 },
    rounds: 2,
    subjects: ['statepool'],
    goals: [{ subject: 'statepool', value: 'bytes', most: 150, stretch: 120 }],
  },
  {
    title: 'heap kept for each worker that has ended, 10,000 of them, inline',
    workload: 'endedWorkers',
    figure: 'bytes',
    options: { count: 10_000 },
    rounds: 2,
    subjects: ['statepool one-shot inline'],
    // The collector leaves some bytes behind by chance.
    goals: [{ subject: 'statepool one-shot inline', value: 'bytes', most: 30, stretch: 2 }],
  },
  {
    title: 'idle: 8 workers, 10 s',
    workload: 'idle',
    workers: 8,
    figure: 'cpuMs',
    isLong: true,
    rounds: 1,
    options: {},
    subjects: ['statepool', 'statepool processes'],
    goals: ['statepool', 'statepool processes'].map((subject) => ({ subject, value: 'cpuMs', most: 20 })),
  },
];
