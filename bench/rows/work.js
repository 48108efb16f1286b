/** Tasks that work for some time, very many tasks at once, and tasks that a worker refuses. */
export const work = [
  {
    title: '100,000 at once, 1 worker',
    workload: 'burst',
    rounds: 2,
    options: { tasks: 100_000 },
    subjects: ['piscina', 'tinypool', 'jest-worker', 'statepool', 'statepool window'],
    goals: [{ subject: 'statepool window', least: 10, stretch: 15 }],
  },
  {
    title: '1,000,000 at once, 1 worker',
    workload: 'burst',
    options: { tasks: 1_000_000 },
    isLong: true,
    rounds: 1,
    subjects: ['piscina', 'statepool', 'statepool window'],
    goals: [{ subject: 'statepool window', least: 20, stretch: 30 }],
  },
  {
    title: 'growth: time for a task while 1,000,000 tasks wait, compared to 10,000',
    workload: 'growth',
    figure: 'growth',
    options: { small: 10_000, huge: 1_000_000 },
    isLong: true,
    rounds: 2,
    subjects: ['statepool', 'statepool window'],
    goals: ['statepool', 'statepool window'].map((subject) => ({ subject, value: 'growth', most: 1.2 })),
  },
  ...[10, 100, 1000].map((us) => ({
    title: `tasks of ${us.toLocaleString('en')} us, 1,000 in flight, 1 worker`,
    workload: 'throughput',
    options: { work: us },
    isLong: us === 10,
    rounds: us === 10 ? 1 : undefined,
    subjects: ['piscina', ...(us === 1000 ? ['tinypool'] : []), 'poolifier', 'statepool', 'statepool window'],
    goals:
      us === 100
        ? [{ subject: 'statepool window', value: 'ideal', least: 0.92, stretch: 0.97 }]
        : us === 1000
          ? [
              { subject: 'statepool window', of: ['piscina', 'tinypool', 'poolifier'], least: 0.97 },
              // Poolifier prefetches everything; without a window no other subject does.
              { subject: 'statepool', of: ['piscina', 'tinypool'], least: 0.97 },
            ]
          : [],
  })),
  {
    title: 'tasks that read a small file, 100 in flight, 1 worker that has 8 under way',
    workload: 'throughput',
    base: 'piscina reading, 8 a worker',
    options: { inFlight: 100 },
    subjects: [
      'piscina reading, 8 a worker',
      'tinypool reading, 8 a worker',
      'statepool reading, 8 a worker',
      'statepool reading',
    ],
    goals: [
      { subject: 'statepool reading, 8 a worker', of: ['piscina reading, 8 a worker'], least: 0.9, stretch: 1.2 },
      { subject: 'statepool reading, 8 a worker', of: ['statepool reading'], stretch: 1.5 },
    ],
  },
  {
    title: 'a skewed mix (19 of 20 tasks 20 us, one 1,000 us), 2 workers',
    workload: 'throughput',
    workers: 2,
    rounds: 1,
    options: { work: { short: 20, long: 1000 } },
    subjects: ['piscina', 'tinypool', 'jest-worker', 'statepool', 'statepool window'],
    goals: [],
  },
  {
    title: 'dispatch: the queue alone, behind 100,000 tasks that the worker refuses',
    workload: 'dispatch',
    options: { dispatches: 20_000, refused: [1000, 100_000, 1_000_000], main: 100_000 },
    subjects: ['queue by cursor', 'queue by keys'],
    goals: ['queue by cursor', 'queue by keys'].flatMap((subject) => [
      { subject, value: 'us', most: 1, stretch: 0.1 },
      // Compares the least number of refused tasks with the largest, a thousand times as many; `slower` is their
      // difference in us. Data outside a processor's cache takes longer to find.
      { subject, value: 'growth', most: 2, or: { value: 'slower', most: 0.3 } },
    ]),
  },
  {
    title: 'picky: extra time for a task behind 100,000 tasks that its worker refuses',
    workload: 'picky',
    figure: 'extra',
    rounds: 2,
    // More tasks take so long that the pool makes room for those that wait: it ends the worker.
    options: { tasks: 2000, refused: 100_000 },
    subjects: ['statepool picky'],
    goals: [],
  },
];
