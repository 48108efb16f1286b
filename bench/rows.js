/**
 * The comparisons: each is a workload, its subjects, and its goals.
 *
 * `goals`: the value that a subject must reach, and a better one to aim for. `of`: the subjects to compare with (the
 * best of several; `piscina` by default), or `value` of the subject alone: `spread` (p99 / p50), `ideal` (relative to
 * the time of the work itself), or another figure of the workload. Ratios are of speed: more is better. `most`: less is
 * better. A `stretch` without a `least` is only a wish: it is shown, and no subject fails it. `or`: another sufficient
 * value. `figure`: the shown and compared figure, if it is not `us`. `rounds`: the most rounds; at most 3 for a row
 * without goals. `times`: a factor on the rounds. A quick run leaves out rows without goals and rows that are `isLong`.
 */
const threads = [
  'piscina',
  'piscina 100 a worker',
  'tinypool',
  'tinypool 100 a worker',
  'workerpool',
  'poolifier',
  'jest-worker',
];
/** The subjects that send a worker one request at a time, as statepool does without a window. */
const oneByOne = ['piscina', 'tinypool', 'workerpool', 'jest-worker'];
const processes = ['tinypool processes', 'workerpool processes', 'poolifier processes', 'jest-worker processes'];
const ours = ['statepool', 'statepool plans off'];
const windowed = ['statepool window', 'statepool window plans off'];

export const rows = [
  {
    title: 'latency: 1 in flight, 1 worker',
    workload: 'latency',
    options: {},
    subjects: [
      ...threads,
      ...ours,
      'statepool async',
      'statepool async plans off',
      'statepool processes',
      'raw channel',
    ],
    goals: [
      { subject: 'statepool', least: 1.6, stretch: 1.9 },
      { subject: 'statepool async', least: 1.45 },
      { subject: 'statepool async plans off', least: 1.25 },
      { subject: 'statepool', of: threads, least: 1 },
    ],
  },
  ...[1, 2].map((workers) => ({
    title: `throughput: 1,000 in flight, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    workload: 'throughput',
    workers,
    options: {},
    subjects: [...threads, ...ours, ...windowed, 'raw channel'],
    goals: [
      { subject: 'statepool', least: 1.8, stretch: 2.5 },
      { subject: 'statepool', of: oneByOne, least: 1 },
      { subject: 'statepool', of: threads, stretch: 1 },
      { subject: 'statepool window', least: 12, stretch: 22 },
      { subject: 'statepool window', of: threads, least: 6 },
      { subject: 'statepool', value: 'spread', most: 3, stretch: 2 },
    ],
  })),
  {
    title: 'processes: 1,000 in flight, 1 worker',
    workload: 'throughput',
    times: 2,
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
  {
    title: '100,000 at once, 1 worker',
    workload: 'burst',
    options: { tasks: 100_000 },
    subjects: ['piscina', 'tinypool', 'jest-worker', 'statepool', 'statepool window'],
    goals: [{ subject: 'statepool window', least: 10, stretch: 15 }],
  },
  {
    title: '1,000,000 at once, 1 worker',
    workload: 'burst',
    options: { tasks: 1_000_000 },
    isLong: true,
    rounds: 2,
    subjects: ['piscina', 'statepool', 'statepool window'],
    goals: [{ subject: 'statepool window', least: 20, stretch: 30 }],
  },
  {
    title: 'growth: time for a task while 1,000,000 tasks wait, compared to 10,000',
    workload: 'growth',
    figure: 'growth',
    options: { small: 10_000, huge: 1_000_000 },
    isLong: true,
    rounds: 3,
    subjects: ['statepool', 'statepool window'],
    goals: ['statepool', 'statepool window'].map((subject) => ({ subject, value: 'growth', most: 1.2 })),
  },
  {
    title: 'heap for each queued task, 100,000 queued, 1 worker',
    workload: 'heap',
    figure: 'bytes',
    options: { queued: 100_000 },
    subjects: ['piscina', 'tinypool', 'jest-worker', 'poolifier', 'workerpool', 'statepool'],
    goals: [{ subject: 'statepool', value: 'bytes', most: 420, stretch: 200 }],
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
  ...[10, 100, 1000].map((work) => ({
    title: `tasks of ${work.toLocaleString('en')} us, 1,000 in flight, 1 worker`,
    workload: 'throughput',
    options: { work },
    isLong: work === 10,
    subjects: ['piscina', 'tinypool', 'jest-worker', 'poolifier', 'statepool', 'statepool window'],
    goals:
      work === 100
        ? [{ subject: 'statepool window', value: 'ideal', least: 0.92, stretch: 0.97 }]
        : work === 1000
          ? [
              { subject: 'statepool window', of: ['piscina', 'tinypool', 'jest-worker', 'poolifier'], least: 0.97 },
              // Poolifier prefetches everything; without a window no other subject does.
              { subject: 'statepool', of: ['piscina', 'tinypool', 'jest-worker'], least: 0.97 },
            ]
          : [],
  })),
  {
    title: 'a skewed mix (19 of 20 tasks 20 us, one 1,000 us), 2 workers',
    workload: 'throughput',
    workers: 2,
    options: { work: { short: 20, long: 1000 } },
    subjects: ['piscina', 'tinypool', 'jest-worker', 'statepool', 'statepool window'],
    goals: [],
  },
  ...[
    [1024, 20_000],
    [102_400, 4000],
    [1_048_576, 400],
  ].flatMap(([bytes, tasks]) =>
    [false, true].map((isMoved) => ({
      title: `payloads of ${bytes / 1024} KB ${isMoved ? 'transferred' : 'copied'}, 16 in flight, 1 worker`,
      workload: 'payload',
      options: { tasks, bytes, isMoved },
      isLong: bytes !== 102_400,
      subjects: ['piscina', 'tinypool', ...(isMoved ? [] : ['jest-worker']), 'statepool', 'raw channel'],
      goals: [],
    })),
  ),
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
    options: { tasks: 20_000, refused: 100_000 },
    subjects: ['statepool picky'],
    goals: [],
  },
  {
    title: 'cold start: from nothing to the first answer, 1 thread',
    workload: 'cold',
    times: 3,
    options: {},
    subjects: ['piscina', 'tinypool', 'jest-worker', 'workerpool', 'poolifier', 'statepool', 'raw channel'],
    goals: [{ subject: 'statepool', of: ['raw channel'], least: 1 / 1.15, stretch: 1 / 1.05 }],
  },
  {
    title: 'proving, warm: 64 goals, 16 in flight, 2 workers',
    workload: 'proving',
    workers: 2,
    options: { inFlight: 16 },
    base: 'piscina proving',
    subjects: ['piscina proving', 'tinypool proving', 'jest-worker proving', 'statepool proving'],
    goals: [],
  },
  {
    title: 'proving, cold: from nothing to the first verdict, 1 worker',
    workload: 'coldProving',
    options: {},
    base: 'piscina proving',
    subjects: ['piscina proving', 'tinypool proving', 'jest-worker proving', 'statepool proving'],
    goals: [],
  },
  {
    title: 'one-shot: a fresh process for every task, 2 at a time',
    workload: 'oneShot',
    workers: 2,
    options: { tasks: 40, inFlight: 2 },
    base: 'tinypool one-shot',
    subjects: ['tinypool one-shot', 'statepool one-shot', 'statepool one-shot with spares'],
    goals: [],
  },
];
