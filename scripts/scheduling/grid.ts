import { simulateFirstRules } from './first-rules.ts';
import { simulate } from './simulation.ts';
import type { Outcome, Workload } from './workload.ts';

/** The time of a task, and of the start of a worker in place of another, in ms. */
const WORK = 5;
const START = 60;

/** One cell of the grid: a workload under each set of rules. */
export interface Cell {
  readonly workload: Workload;
  /** The first rules for a kind with `taskMatch` alone. */
  readonly first: Outcome;
  /** The first rules for a kind with keys. */
  readonly firstKeyed: Outcome;
  readonly any: Outcome;
  readonly require: Outcome;
  readonly prefer: Outcome;
}

/** The shape of a grid: workers, keys a worker, load by work, tasks in flight a worker. */
export interface Grid {
  readonly sizes: readonly number[];
  readonly keys: readonly number[];
  readonly loads: readonly number[];
  readonly inFlight: readonly number[];
  readonly tasks: number;
}

/** All cells: 54. */
export const GRID: Grid = {
  sizes: [2, 8],
  keys: [1, 2, 10],
  loads: [1, 20, 200],
  inFlight: [1, 4, 125],
  tasks: 3000,
};

/** The number of tasks in flight, a worker, up to which no cell may be worse than before. */
const SHALLOW = 4;

/** Simulates each cell of a grid. */
export function cellsOf({ sizes, keys, loads, inFlight, tasks }: Grid): Cell[] {
  return sizes.flatMap((size) =>
    keys.flatMap((each) =>
      loads.flatMap((load) =>
        inFlight.map((flight) => {
          const workload = {
            size,
            keys: size * each,
            load: load * WORK,
            work: WORK,
            start: START,
            inFlight: size * flight,
            tasks,
          };
          return {
            workload,
            first: simulateFirstRules(workload, false),
            firstKeyed: simulateFirstRules(workload, true),
            any: simulate(workload, 'any'),
            require: simulate(workload, 'require'),
            prefer: simulate(workload, 'prefer'),
          };
        }),
      ),
    ),
  );
}

/** Returns how many times as fast preference is as the better of the first rules and no keys. */
export function gainOfPrefer({ prefer, first, any }: Cell): number {
  return Math.min(first.wall, any.wall) / prefer.wall;
}

/** Returns how many times as fast required keys are as the first rules with `taskMatch`. */
export function gainOfRequire({ require, first }: Cell): number {
  return first.wall / require.wall;
}

/**
 * Returns the longest wait that a preferring pool may have: that of a queue without keys, the patience, and a turn of
 * the keys.
 */
export function boundOf({ workload: { keys, size, load, work }, any }: Cell): number {
  return any.longestWait + 4 * Math.max(10, load) + (keys / size + 1) * (load + work);
}

/** A demand on the grid, and its result. */
export interface Demand {
  readonly name: string;
  readonly found: string;
  readonly isMet: boolean;
}

/** Checks what the rules must reach on a grid. */
export function demandsOn(cells: readonly Cell[]): Demand[] {
  const shallow = cells.filter(({ workload }) => workload.inFlight <= SHALLOW * workload.size);
  const least = (values: readonly number[]) => Math.min(...values);
  const good = cells.filter((cell) => gainOfPrefer(cell) >= 0.97).length;
  const inBound = cells.filter((cell) => cell.prefer.longestWait <= boundOf(cell)).length;
  return [
    demand('share of the cells in which "prefer" is 0.97 or more', good / cells.length, 0.9),
    demand('least "prefer", in cells with at most 4 tasks a worker in flight', least(shallow.map(gainOfPrefer)), 0.97),
    demand('geometric mean of "prefer"', meanOf(cells.map(gainOfPrefer)), 1.3),
    demand('geometric mean of "require"', meanOf(cells.map(gainOfRequire)), 1.5),
    demand('least "require", in cells with at most 4 tasks a worker in flight', least(shallow.map(gainOfRequire)), 0.9),
    demand('share of the cells whose longest wait is within its bound', inBound / cells.length, 1),
  ];
}

function demand(name: string, value: number, least: number): Demand {
  // As printed: two decimals.
  const found = value.toFixed(2);
  return { name: `${name}: at least ${least}`, found, isMet: Number(found) >= least };
}

function meanOf(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
