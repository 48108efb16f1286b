/** The time of a task, in ms. */
export const WORK = 5;

/** The subjects of a cell, in their order. */
export const SUBJECTS = {
  require: 'statepool require',
  prefer: 'statepool prefer',
  any: 'statepool any',
  first: 'statepool first rules',
  piscina: 'piscina',
  jest: 'jest-worker',
};

/**
 * The cells: workers, keys, load in ms, tasks in flight, tasks. They are a part of the grid of scripts/scheduling, with
 * as many tasks as the slowest subject performs in a few seconds: a cell in which a subject takes more than 10 s is left
 * out. Those are most of the cells with loads of 1 s, and the deep queues of many long loads.
 */
const THREADS = [
  [2, 2, 5, 2, 300],
  [2, 2, 100, 8, 150],
  [2, 4, 100, 2, 80],
  [2, 4, 100, 8, 120],
  [2, 20, 5, 8, 120],
  [2, 20, 5, 250, 300],
  [8, 8, 5, 32, 1200],
  [8, 8, 100, 8, 300],
  [8, 8, 1000, 32, 60],
  [8, 16, 5, 1000, 1200],
  [8, 16, 100, 8, 150],
  [8, 16, 100, 32, 300],
  [8, 80, 5, 32, 150],
  [8, 80, 100, 32, 80],
];

const PROCESSES = [
  [2, 4, 100, 8, 120],
  [8, 16, 100, 32, 200],
];

/** The cells of a quick run: on threads. */
const QUICK = [
  [2, 4, 100, 8, 120],
  [8, 16, 100, 32, 200],
];

/** Returns the cells of a run. */
export function cellsOf(isQuick) {
  const made = (host) => (numbers) => cellOf(host, numbers);
  return isQuick ? QUICK.map(made('thread')) : [...THREADS.map(made('thread')), ...PROCESSES.map(made('process'))];
}

function cellOf(host, [size, keys, load, inFlight, tasks]) {
  // Piscina has no processes.
  const subjects = Object.values(SUBJECTS).filter((name) => host === 'thread' || name !== SUBJECTS.piscina);
  return { host, size, keys, load, work: WORK, inFlight, tasks, subjects };
}

/** Returns a cell's name. */
export function nameOf({ host, size, keys, load, inFlight }) {
  return `${size} ${host === 'thread' ? 'threads' : 'processes'}, ${keys} keys, load ${load} ms, ${inFlight} in flight`;
}

/** Makes numbers from 0 to 1, the same in each run. */
export function randomOf(seed = 1) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Returns the key of each task, by Zipf's law: the second key is half as frequent as the first, and so on. */
export function keysOf({ keys, tasks }) {
  const weights = Array.from({ length: keys }, (_, i) => 1 / (i + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const random = randomOf();
  return Array.from({ length: tasks }, () => {
    let rest = random() * total;
    const key = weights.findIndex((weight) => {
      rest -= weight;
      return rest < 0;
    });
    return `key ${key < 0 ? keys - 1 : key}`;
  });
}

/** Returns the least time in which a cell can end, in ms: each key is loaded once, and no worker ever waits. */
export function offlineBoundOf(cell) {
  return (cell.tasks * cell.work + new Set(keysOf(cell)).size * cell.load) / cell.size;
}
