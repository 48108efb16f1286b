const subjects = ['piscina', 'tinypool', 'statepool', 'raw channel'];

/** A pool that has little to do, as most pools have. */
export const lowRate = [
  {
    title: 'one task a millisecond, 1 worker',
    workload: 'rate',
    rounds: 5,
    options: { gap: 1, ms: 1000 },
    subjects,
    goals: [
      { subject: 'statepool', figure: 'cpu', most: 1.3, stretch: 1 },
      { subject: 'statepool', most: 1 },
      { subject: 'statepool', of: ['raw channel'], isCost: true, stretch: 1.1 },
      { subject: 'statepool', figure: 'p99', most: 1.3, stretch: 1 },
    ],
    felt: [
      { name: 'one task a millisecond: median', subject: 'statepool' },
      { name: 'one task a millisecond: p99', subject: 'statepool', figure: 'p99' },
      { name: 'one task a millisecond: processor time', subject: 'statepool', figure: 'cpu' },
    ],
    isPlotted: true,
  },
  {
    title: 'one task in 10 ms, 1 worker',
    workload: 'rate',
    rounds: 5,
    options: { gap: 10, ms: 1000 },
    subjects,
    goals: [{ subject: 'statepool', figure: 'cpu', most: 1.1, stretch: 1 }],
    felt: [{ name: 'one task in 10 ms: processor time', subject: 'statepool', figure: 'cpu' }],
  },
];
