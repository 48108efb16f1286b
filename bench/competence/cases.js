import { randomOf, SUBJECTS } from './cells.js';

/** The subject with `taskMatch` and the present rules. */
export const MATCH = 'statepool taskMatch';

/** The subject with keys and the first rules. */
export const FIRST_KEYED = 'statepool first rules with keys';

/** The numbers of workers that read 40 files. A subject of that case is named by its number too: `... of 4`. */
export const FILE_SIZES = [1, 4];

/** The number of tasks of a case of busy workers, their time in ms, and how much longer each tenth one may take. */
const BUSY = { size: 6, tasks: 420, work: 20, slow: 20 };

/**
 * The cases: fixed small workloads, each with its subjects. `busy`: six workers, many classes of tasks, all at once, in
 * the pool's own process: the start of a worker there takes no time, so that the share of busy workers is that of the
 * rules. `files`: a kind whose workers read one file each, and 40 files. `born`: three keys on three workers.
 */
export function casesOf(isQuick) {
  const busy = [7, 60].flatMap((classes) =>
    [false, true].map((isSlow) => ({
      type: 'busy',
      host: 'inline',
      size: BUSY.size,
      classes,
      isSlow,
      subjects: [SUBJECTS.first, MATCH, FIRST_KEYED, SUBJECTS.require],
    })),
  );
  const files = ['thread', 'process'].map((host) => ({
    type: 'files',
    host,
    subjects: [SUBJECTS.first, MATCH, SUBJECTS.prefer].flatMap((name) =>
      FILE_SIZES.map((size) => `${name} of ${size}`),
    ),
  }));
  const born = ['thread', 'process'].map((host) => ({
    type: 'born',
    host,
    size: 3,
    subjects: [SUBJECTS.require, SUBJECTS.prefer],
  }));
  return [...(isQuick ? busy.filter(({ isSlow }) => !isSlow) : busy), ...files, ...born];
}

/** Returns the name of a case. */
export function nameOfCase({ type, host, size, classes, isSlow }) {
  if (type === 'busy') return `${size} workers, ${classes} classes${isSlow ? ', one task in ten slow' : ''}`;
  const hosts = host === 'thread' ? 'threads' : 'processes';
  return type === 'files' ? `40 files, ${hosts}` : `3 keys, ${size} ${hosts}`;
}

/** Returns the tasks of a case, how many of them are in flight, and the longest measurement in ms. */
export function workloadOf({ type, size, classes, isSlow }) {
  if (type === 'files') {
    return { size, tasks: Array.from({ length: 40 }, (_, i) => ({ key: `file ${i}`, load: 0, work: 30 })) };
  }
  if (type === 'born') {
    return {
      size,
      tasks: Array.from({ length: 150 }, (_, i) => ({ key: `key ${i % 3}`, load: 100, work: 5 })),
      inFlight: 12,
    };
  }
  const random = randomOf();
  const tasks = Array.from({ length: BUSY.tasks }, (_, i) => ({
    key: `class ${i % classes}`,
    load: 0,
    work: BUSY.work * (isSlow && random() < 0.1 ? BUSY.slow : 1),
  }));
  return { size, tasks, longest: 6000 };
}
