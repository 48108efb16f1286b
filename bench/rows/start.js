/** What a program feels before its pool is warm. */
export const start = [
  ...['threads', 'processes'].map((hosts) => ({
    title: `whole program, ${hosts}: import, a pool of 1, one task, the end`,
    workload: 'program',
    times: 2,
    options: { host: hosts === 'threads' ? 'thread' : 'process', runs: 5 },
    figure: 'ms',
    base: 'tinypool',
    subjects: [
      'tinypool',
      ...(hosts === 'threads' ? ['piscina'] : []),
      'jest-worker',
      'workerpool',
      'statepool',
      ...(hosts === 'threads' ? ['raw channel'] : []),
      'node alone',
    ],
    goals:
      hosts === 'threads'
        ? [
            { subject: 'statepool', of: ['tinypool'], most: 1.15, stretch: 1 },
            { subject: 'statepool', value: 'mib', most: 56, stretch: 53 },
          ]
        : [{ subject: 'statepool', of: ['tinypool'], most: 1.2, stretch: 1.05 }],
    felt: [
      { name: `whole program, ${hosts}`, subject: 'statepool' },
      { name: `its processor time, ${hosts}`, subject: 'statepool', figure: 'cpuMs' },
      ...(hosts === 'threads' ? [{ name: 'its peak memory, threads', subject: 'statepool', figure: 'mib' }] : []),
    ],
  })),
  {
    title: 'command line: statepool prove with the native z3, one trivial goal',
    workload: 'command',
    needs: ['z3'],
    options: { runs: 6 },
    figure: 'ms',
    base: 'z3',
    subjects: ['z3', 'statepool prove'],
    goals: [{ subject: 'statepool prove', value: 'ms', most: 200, stretch: 120 }],
    felt: [{ name: '`statepool prove`, one trivial goal', subject: 'statepool prove', figure: 'ms' }],
  },
  {
    title: 'cold start: from nothing to the first answer, 1 thread',
    workload: 'cold',
    times: 3,
    options: {},
    subjects: ['piscina', 'tinypool', 'jest-worker', 'workerpool', 'poolifier', 'statepool', 'raw channel'],
    goals: [{ subject: 'statepool', of: ['raw channel'], least: 1 / 1.15, stretch: 1 / 1.05 }],
    felt: [{ name: 'a new pool, until its first answer', subject: 'statepool' }],
  },
  {
    title: 'first 100 tasks of a new pool after its first answer, 1 in flight, 1 worker',
    workload: 'first',
    times: 3,
    options: { count: 100 },
    subjects: ['piscina', 'tinypool', 'jest-worker', 'workerpool', 'poolifier', 'statepool', 'raw channel'],
    goals: [{ subject: 'statepool', least: 1, stretch: 1.3 }],
    felt: [{ name: 'the first 100 tasks of a new pool', subject: 'statepool' }],
  },
  {
    title: 'one-shot: a fresh process for every task, 2 at a time',
    workload: 'oneShot',
    rounds: 1,
    workers: 2,
    options: { tasks: 40, inFlight: 2 },
    base: 'tinypool one-shot',
    subjects: ['tinypool one-shot', 'statepool one-shot', 'statepool one-shot with spares'],
    goals: [],
  },
];
