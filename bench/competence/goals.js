import { FILE_SIZES, nameOfCase } from './cases.js';
import { nameOf, SUBJECTS } from './cells.js';

/** The number of tasks in flight, a worker, up to which no cell may be worse than before. */
const SHALLOW = 4;

/** The least wait after which a task counts as aged, in ms: four of the shortest ticks of the pool's timer. */
const LEAST_PATIENCE = 40;

const { require, prefer, any, first, piscina, jest } = SUBJECTS;

/** Returns how many times as fast a subject of a cell is as the best of others; `undefined` if one did not finish. */
export function ratioOf({ subjects }, subject, ...others) {
  const speeds = [subject, ...others].map((name) => subjects[name]?.tasksPerSecond);
  if (speeds.includes(undefined)) return undefined;
  const [own, ...of] = speeds;
  return own / Math.max(...of);
}

/** Returns how many times as fast preference is as the better of the two ways that the first rules had. */
export const gainOfPrefer = (result) => ratioOf(result, prefer, first, any);

/** Returns how many times as fast required keys are as the first rules with `taskMatch`. */
export const gainOfRequire = (result) => ratioOf(result, require, first);

/**
 * Returns the longest wait that a preferring pool may have, in ms: that of a queue without keys, the patience of four
 * loads, and a turn of the keys.
 */
export function boundOf({ cell: { keys, size, load, work }, subjects }) {
  const patience = Math.max(LEAST_PATIENCE, 4 * load);
  return (subjects[any]?.longestWait ?? Number.NaN) + patience + (keys / size + 1) * (load + work);
}

/** Checks what the rules must reach, on the results of cells and cases. */
export function goalsOf({ cells, cases }) {
  return [...goalsOnCells(cells), ...goalsOnCases(cases)];
}

function goalsOnCells(cells) {
  const shallow = cells.filter(({ cell }) => cell.inFlight <= SHALLOW * cell.size);
  const typical = cells.filter(({ cell: { host, load, work, keys, size, inFlight } }) => {
    // With one task a worker in flight there is little to choose from: most tasks need a load, whatever the rules.
    return host === 'thread' && load === 20 * work && keys === 2 * size && inFlight >= SHALLOW * size;
  });
  const best = `the better of ${first} and ${any}`;
  const good = cells.filter((result) => gainOfPrefer(result) >= 0.97).length;
  const inBound = cells.filter((result) => result.subjects[prefer]?.longestWait <= boundOf(result)).length;
  return [
    goal(`${prefer}: x ${best}, at least 0.97 in a share of the cells`, good / cells.length, 0.9),
    ...leastOf(`${prefer}: x ${best}, with at most 4 tasks a worker in flight`, shallow, gainOfPrefer, 0.97),
    goal(`${prefer}: x ${best}, geometric mean`, meanOf(cells.map(gainOfPrefer)), 1.3),
    goal(`${require}: x ${first}, geometric mean`, meanOf(cells.map(gainOfRequire)), 1.5),
    ...leastOf(`${require}: x ${first}, with at most 4 tasks a worker in flight`, shallow, gainOfRequire, 0.9),
    ...leastOf(
      `${prefer}: x ${piscina}, loads of 20 tasks, 2 keys and at least 4 tasks a worker`,
      typical,
      (r) => ratioOf(r, prefer, piscina),
      2,
    ),
    // Where each worker has one key, both do the same: the timers alone make a difference of some hundredths.
    ...leastOf(`${prefer}: x ${jest} with computeWorkerKey`, cells, (result) => ratioOf(result, prefer, jest), 0.95),
    goal(`${prefer}: share of the cells whose longest wait is within its bound`, inBound / cells.length, 1),
  ];
}

function goalsOnCases(cases) {
  return cases.flatMap(({ given, subjects }) => {
    const name = nameOfCase(given);
    if (given.type === 'files') {
      // The kind of the README. With taskMatch each file needs a new worker, whose start takes most of a processor.
      const [one, four] = FILE_SIZES.map((size) => subjects[`${prefer} of ${size}`]?.tasksPerSecond);
      return goal(`${prefer}, ${name}: 4 workers x 1 worker`, four / one, 3);
    }
    const present = given.subjects.filter((each) => !each.startsWith(first));
    return present.map((each) =>
      given.type === 'busy'
        ? goal(`${each}, ${name}: busy share`, subjects[each]?.busyShare, 0.9)
        : goal(`${each}, ${name}: workers born`, subjects[each]?.born, 3, 3),
    );
  });
}

function goal(name, value, least, most) {
  const isReached = value >= least && !(value > most);
  const wanted = most === undefined ? `at least ${least.toFixed(2)}` : `exactly ${least}`;
  const found = value === undefined || Number.isNaN(value) ? 'it did not finish' : value.toFixed(2);
  return { text: `${name}, ${wanted}`, found, isReached, isStretched: false, isWish: false };
}

/** Makes a goal on the cell with the least value; none if there is no such cell. A cell without a value fails it. */
function leastOf(name, results, ratioIn, least) {
  if (results.length === 0) return [];
  const values = results.map((result) => ({ value: ratioIn(result) ?? Number.NaN, result }));
  const failed = values.find(({ value }) => Number.isNaN(value));
  const { value, result } = failed ?? values.reduce((a, b) => (b.value < a.value ? b : a));
  const own = goal(name, value, least);
  return [{ ...own, found: `${own.found} (${nameOf(result.cell)})` }];
}

function meanOf(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value ?? Number.NaN), 0) / values.length);
}
