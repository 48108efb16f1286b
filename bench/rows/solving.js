const subjects = ['piscina proving', 'tinypool proving', 'statepool proving'];

/** Real work: goals that a solver proves. */
export const solving = [
  {
    title: 'proving, warm: 64 goals, 16 in flight, 2 workers',
    workload: 'proving',
    workers: 2,
    isLong: true,
    // A solver becomes quick at its own time: one round says little.
    rounds: 5,
    options: { inFlight: 16, workers: 2 },
    base: 'piscina proving',
    subjects,
    goals: [{ subject: 'statepool proving', of: ['piscina proving'], least: 1 }],
  },
  {
    title: 'proving, cold: from nothing to the first verdict, 1 worker',
    workload: 'coldProving',
    rounds: 1,
    options: {},
    base: 'piscina proving',
    subjects: [...subjects, 'jest-worker proving'],
    goals: [],
  },
  {
    title: 'proving, the solver in WebAssembly: its memory restored after each goal',
    workload: 'restore',
    figure: 'ms',
    rounds: 2,
    options: {},
    subjects: ['solver'],
    goals: [{ subject: 'solver', value: 'ms', most: 2 }],
  },
];
