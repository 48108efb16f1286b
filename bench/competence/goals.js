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

const isShallow = ({ inFlight, size }) => inFlight <= SHALLOW * size;

// With one task a worker in flight there is little to choose from: most tasks need a load, whatever the rules.
const isTypical = ({ host, load, work, keys, size, inFlight }) =>
  host === 'thread' && load === 20 * work && keys === 2 * size && inFlight >= SHALLOW * size;

const BEST = `the better of ${first} and ${any}`;

/** The goals of single cells: which cells have them, the value of a cell, and its bound. */
const CELL_GOALS = {
  prefer: {
    name: `${prefer}: x ${BEST}, with at most 4 tasks a worker in flight`,
    isFor: isShallow,
    ratioIn: gainOfPrefer,
    least: 0.97,
  },
  require: {
    name: `${require}: x ${first}, with at most 4 tasks a worker in flight`,
    isFor: isShallow,
    ratioIn: gainOfRequire,
    least: 0.9,
  },
  typical: {
    name: `${prefer}: x ${piscina}, loads of 20 tasks, 2 keys and at least 4 tasks a worker`,
    isFor: isTypical,
    ratioIn: (result) => ratioOf(result, prefer, piscina),
    least: 2,
  },
  // Where each worker has one key, both do the same: the timers alone make a difference of some hundredths.
  sticky: {
    name: `${prefer}: x ${jest} with computeWorkerKey`,
    isFor: () => true,
    ratioIn: (result) => ratioOf(result, prefer, jest),
    least: 0.95,
  },
};

/** Checks what the rules must reach, on the results of cells and cases. */
export function goalsOf({ cells, cases }) {
  return [...goalsOnCells(cells), ...goalsOnCases(cases)];
}

/** Returns whether a cell or a case misses a goal of its own. */
export function isShort(result) {
  const own =
    result.cell === undefined
      ? goalsOnCases([result])
      : Object.values(CELL_GOALS).flatMap((each) => leastOf(each, [result]));
  return own.some(({ isReached }) => !isReached);
}

function goalsOnCells(cells) {
  const good = cells.filter((result) => gainOfPrefer(result) >= 0.97).length;
  const inBound = cells.filter((result) => result.subjects[prefer]?.longestWait <= boundOf(result)).length;
  return [
    goal(`${prefer}: x ${BEST}, at least 0.97 in a share of the cells`, good / cells.length, 0.9),
    ...leastOf(CELL_GOALS.prefer, cells),
    goal(`${prefer}: x ${BEST}, geometric mean`, meanOf(cells.map(gainOfPrefer)), 1.3),
    goal(`${require}: x ${first}, geometric mean`, meanOf(cells.map(gainOfRequire)), 1.5),
    ...leastOf(CELL_GOALS.require, cells),
    ...leastOf(CELL_GOALS.typical, cells),
    ...leastOf(CELL_GOALS.sticky, cells),
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

/** Makes a goal on the cell with the least value; none if no cell has it. A cell without a value fails it. */
function leastOf({ name, isFor, ratioIn, least }, cells) {
  const results = cells.filter(({ cell }) => isFor(cell));
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
