import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { root } from '../../support/sources.ts';

interface Result {
  rounds: number;
  goals: { isReached: boolean }[];
  figures: Record<string, unknown[]>;
}

const { runRow } = (await import(pathToFileURL(join(root, 'bench/run-row.js')).href)) as {
  runRow(row: object, options: { isQuick: boolean; rounds?: number }): Result;
};

/** Measures the start of a bare channel in a row with a goal; returns the result, and how often it was measured. */
function measure(goal: object, rounds?: number) {
  const subject = 'raw channel';
  const goals = [{ subject, of: [subject], ...goal }];
  const row = { title: 'a row', workload: 'cold', base: subject, subjects: [subject], options: {}, rounds: 1, goals };
  const result = runRow(row, { isQuick: true, ...(rounds === undefined ? {} : { rounds }) });
  return { rounds: result.rounds, measured: result.figures[subject]?.length, isReached: result.goals[0]?.isReached };
}

test('a row that misses a goal is measured twice again, and all its rounds count', (t) => {
  t.timeout(120_000);
  t.deepEqual(measure({ least: 2 }), { rounds: 3, measured: 3, isReached: false });
});

test('a row that reaches its goals, or misses what every round must reach, is measured once', (t) => {
  t.timeout(120_000);
  t.deepEqual(measure({ least: 0.5 }), { rounds: 1, measured: 1, isReached: true });
  t.deepEqual(measure({ stretch: 2 }), { rounds: 1, measured: 1, isReached: true });
  t.deepEqual(measure({ least: 2, always: true }), { rounds: 1, measured: 1, isReached: false });
});

test('a given number of rounds is kept', (t) => {
  t.timeout(120_000);
  t.deepEqual(measure({ least: 2 }, 2), { rounds: 2, measured: 2, isReached: false });
});
