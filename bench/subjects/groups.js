/** The other pools on threads, in all their modes. */
export const threads = [
  'piscina',
  'piscina 100 a worker',
  'tinypool',
  'tinypool 100 a worker',
  'workerpool',
  'poolifier',
  'jest-worker',
];

/** The subjects that send a worker one request at a time, as statepool does without a window. */
export const oneByOne = ['piscina', 'tinypool', 'workerpool', 'jest-worker'];

/** The other pools on threads with one task in flight, where more tasks a worker change nothing. */
export const withoutModes = [...oneByOne, 'poolifier'];

/** The other pools on processes. */
export const processes = ['tinypool processes', 'workerpool processes', 'poolifier processes', 'jest-worker processes'];

const NAMES = new Map([
  [threads, 'the best peer'],
  [oneByOne, 'the best peer with one task a worker'],
  [withoutModes, 'the best peer'],
  [processes, 'the best peer on processes'],
]);

/** Returns the words for the best of some subjects. */
export function nameOfBest(of) {
  return of.length === 1 ? of[0] : (NAMES.get(of) ?? `the best of ${of.join(', ')}`);
}

/** Returns whether a subject is this package, in any mode. */
export const isOurs = (subject) => subject.startsWith('statepool');

/** Returns whether a subject is another pool, and neither this package nor a limit that has no pool. */
export const isPeer = (subject) => /^(piscina|tinypool|workerpool|poolifier|jest-worker)\b/.test(subject);
