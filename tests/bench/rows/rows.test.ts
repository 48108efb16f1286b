import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { root } from '../../support/sources.ts';

interface Goal {
  subject: string;
  of?: string[];
  value?: string;
  figure?: string;
  least?: number;
  most?: number;
  stretch?: number;
  isCost?: boolean;
}

interface Row {
  title: string;
  workload: string;
  base?: string;
  subjects: string[];
  goals: Goal[];
  felt?: { name: string; subject: string }[];
}

/** Imports a module by its path from the package's folder. The benchmark is plain JavaScript. */
function load(path: string) {
  return import(pathToFileURL(join(root, path)).href);
}

const { rows } = (await load('bench/rows/index.js')) as { rows: Row[] };
const { goalOf } = await load('bench/goals.js');
const { subjects } = await load('bench/subjects.js');
const { programs } = await load('bench/workloads/programs.js');
const { starts, workloads } = await load('bench/workloads/index.js');
const { isOurs, isPeer } = await load('bench/subjects/groups.js');

/** The figures of two rounds, in us. */
const FIGURES = new Map([
  [
    'statepool',
    [
      { us: 10, cpu: 30, p99: 50 },
      { us: 20, cpu: 40, p99: 60 },
    ],
  ],
  [
    'piscina',
    [
      { us: 30, cpu: 20, p99: 100 },
      { us: 10, cpu: 40, p99: 30 },
    ],
  ],
  [
    'tinypool',
    [
      { us: 20, cpu: 60, p99: 100 },
      { us: 40, cpu: 80, p99: 60 },
    ],
  ],
]);

test('the titles differ, and each workload exists', (t) => {
  t.is(new Set(rows.map(({ title }) => title)).size, rows.length);
  const known = [...Object.keys(workloads), ...Object.keys(starts), ...Object.keys(programs)];
  for (const { workload, title } of rows) t.true(known.includes(workload), title);
});

test('each subject of a row exists', (t) => {
  for (const { title, workload, subjects: own } of rows) {
    for (const subject of own) {
      if (workload === 'program') {
        const file = subject === 'node alone' ? 'nothing' : subject.replace(' ', '-');
        t.true(existsSync(join(root, `bench/programs/${file}.js`)), `${title}: ${subject}`);
      } else if (!(workload in programs)) {
        t.true(subject in subjects, `${title}: ${subject}`);
      }
    }
  }
});

test('goals, and what a user feels, name subjects of their row', (t) => {
  for (const { title, subjects: own, goals, felt = [] } of rows) {
    for (const { subject, of = [] } of goals) {
      for (const name of [subject, ...of]) t.true(own.includes(name), `${title}: ${name}`);
    }
    for (const { subject } of felt) t.true(own.includes(subject), `${title}: ${subject}`);
  }
});

test('a goal has one bound, and its stretch goal is the harder one', (t) => {
  for (const { title, goals } of rows) {
    for (const { least, most, stretch } of goals) {
      t.true(
        [least, most, stretch].some((bound) => bound !== undefined),
        title,
      );
      t.false(least !== undefined && most !== undefined, title);
      if (least !== undefined && stretch !== undefined) t.true(stretch > least, title);
      if (most !== undefined && stretch !== undefined) t.true(stretch < most, title);
    }
  }
});

test('subjects are this package, another pool, or neither', (t) => {
  t.deepEqual(['statepool', 'statepool window', 'piscina', 'tinypool 100 a worker', 'raw channel'].map(isOurs), [
    true,
    true,
    false,
    false,
    false,
  ]);
  t.deepEqual(['statepool', 'piscina', 'jest-worker processes', 'raw pipe', 'node alone', 'z3'].map(isPeer), [
    false,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('a goal of speed takes the median of the rounds against the best of the others', (t) => {
  const goal = { subject: 'statepool', of: ['piscina', 'tinypool'], least: 1.2, stretch: 1.3 };
  const { found, isReached, isStretched, text } = goalOf(FIGURES, goal);
  t.is(found, '1.25');
  t.true(isReached);
  t.false(isStretched);
  t.is(text, 'statepool: x the best of piscina, tinypool, at least 1.20');
});

test('a goal of cost compares the other way round', (t) => {
  const goal = { subject: 'statepool', figure: 'cpu', most: 1.2 };
  const { found, isReached, text } = goalOf(FIGURES, goal);
  t.is(found, '1.25');
  t.false(isReached);
  t.is(text, 'statepool: processor time of a task, x piscina, at most 1.2');
});

test('a goal for every round takes the worst round', (t) => {
  const least = goalOf(FIGURES, { subject: 'statepool', least: 1, always: true });
  t.is(least.found, '0.500');
  t.false(least.isReached);
  t.is(least.text, 'statepool: x piscina, at least 1.00 in every round');
  const most = goalOf(FIGURES, { subject: 'statepool', figure: 'p99', most: 1.5, always: true });
  t.is(most.found, '2.00');
  t.false(most.isReached);
  t.true(goalOf(FIGURES, { subject: 'statepool', least: 0.5, always: true }).isReached);
});

test('a wish is never missed, and shows whether it is fulfilled', (t) => {
  const wish = goalOf(FIGURES, { subject: 'statepool', stretch: 2 });
  t.true(wish.isReached && wish.isWish && !wish.isStretched);
  const cost = goalOf(FIGURES, { subject: 'statepool', of: ['tinypool'], isCost: true, stretch: 0.6 });
  t.true(cost.isStretched);
  t.is(cost.text, 'statepool: time, x tinypool, stretch goal of at most 0.6');
});

test('a value of the subject alone may be reached in another way', (t) => {
  const goal = { subject: 'statepool', value: 'cpu', most: 10, or: { value: 'p99', most: 55 } };
  const { isReached, found } = goalOf(FIGURES, goal);
  t.true(isReached);
  t.is(found, '35.00 and 55.00');
});

test('a goal fails if its subject or every peer has not finished', (t) => {
  t.false(goalOf(new Map(), { subject: 'statepool', least: 1 }).isReached);
  t.is(goalOf(FIGURES, { subject: 'statepool', of: ['poolifier'], least: 1 }).found, 'no peer finished');
});
