const KB = 1024;

/** The sizes of payloads, with the goals of copies: against piscina, and the wish against the bare channel. */
const sizes = [{ bytes: KB }, { bytes: 100 * KB, least: 1.8, raw: 0.9 }, { bytes: 1024 * KB, least: 1.1, raw: 0.75 }];

/** Tasks that carry bytes both ways. */
export const payloads = [
  ...sizes.flatMap(({ bytes, least, raw }) =>
    [false, true].map((isMoved) => ({
      title: `payloads of ${bytes / KB} KB ${isMoved ? 'transferred' : 'copied'}, 16 in flight, 1 worker`,
      workload: 'payload',
      options: { bytes, isMoved },
      rounds: isMoved || least === undefined ? 1 : undefined,
      subjects: [
        'piscina',
        ...(isMoved || least === undefined ? [] : ['piscina 100 a worker']),
        'tinypool',
        ...(isMoved ? [] : ['jest-worker']),
        'statepool',
        'raw channel',
      ],
      goals:
        isMoved || least === undefined
          ? []
          : [
              { subject: 'statepool', least },
              { subject: 'statepool', of: ['raw channel'], stretch: raw },
            ],
      felt:
        isMoved || least === undefined
          ? []
          : [{ name: `payloads of ${bytes === 1024 * KB ? '1 MB' : '100 KB'}, copied`, subject: 'statepool' }],
    })),
  ),
  {
    title: 'payloads of 1024 KB over processes, 16 in flight, 1 worker',
    workload: 'payload',
    rounds: 2,
    options: { bytes: 1024 * KB },
    // Tinypool writes bytes as JSON text to its processes: it takes minutes.
    subjects: ['piscina', 'jest-worker processes', 'statepool processes', 'raw pipe'],
    goals: [{ subject: 'statepool processes', stretch: 1.8 }],
  },
];
