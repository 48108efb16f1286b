/** Measures the cells and cases of competence: every subject in a fresh process a round, in alternating order. */
import { fileURLToPath } from 'node:url';
import { measureInChild } from '../measure-in-child.js';
import { AGAIN, median } from '../statistics.js';
import { casesOf, nameOfCase } from './cases.js';
import { cellsOf, nameOf } from './cells.js';
import { makeFirstRules } from './first-rules.js';
import { goalsOf, isShort } from './goals.js';
import { lineOf, linesOfCase } from './page.js';

/** The longest time of a subject in a round, in ms. A slower subject is left out. */
const PATIENCE = 60_000;

/** A subject that takes longer than this, in ms, is measured once. */
const SLOW = 3000;

/**
 * Measures everything, and prints it; returns the results with their goals. With `isAgain` a cell or a case that misses a
 * goal is measured again, as a row is: all its rounds count.
 */
export function runCompetence({ isQuick, rounds, isAgain }) {
  const { folder, remove } = makeFirstRules();
  const measuring = {
    rounds,
    most: rounds * (isAgain ? 1 + AGAIN : 1),
    measure: (subject, given) => measureOne(subject, { ...given, first: folder }),
  };
  try {
    const cells = cellsOf(isQuick).map((cell) => {
      console.log(`\n${nameOf(cell)}, ${cell.tasks} tasks`);
      const result = measureAll(cell, measuring, (subjects) => ({ cell, subjects }));
      console.log(lineOf(result));
      return result;
    });
    const cases = casesOf(isQuick).map((given) => {
      console.log(`\n${nameOfCase(given)}`);
      const result = measureAll(given, measuring, (subjects) => ({ given, subjects }));
      for (const line of linesOfCase(result)) console.log(line);
      return result;
    });
    const goals = goalsOf({ cells, cases });
    console.log('');
    for (const { text, found, isReached } of goals) console.log(`  ${isReached ? 'ok' : '--'} ${text}: ${found}`);
    return { cells, cases, goals };
  } finally {
    remove();
  }
}

/**
 * Measures each subject of a cell or a case in some rounds, and returns its result, which `resultOf` makes of the medians
 * by subject. While the result misses a goal there are as many rounds more, up to `most` in all.
 */
export function measureAll(given, { rounds, most, measure }, resultOf) {
  const found = new Map(given.subjects.map((subject) => [subject, []]));
  const slow = new Set();
  for (let round = 0; ; round++) {
    if (round > 0 && round % rounds === 0) {
      const result = resultOf(Object.fromEntries([...found].map(([subject, own]) => [subject, mediansOf(own)])));
      if (round >= most || !isShort(result)) return { ...result, rounds: round };
    }
    // The order alternates: a drift over time affects all subjects alike.
    for (const subject of round % 2 === 0 ? given.subjects : [...given.subjects].reverse()) {
      if (slow.has(subject)) continue;
      const figures = measure(subject, given);
      if (figures === undefined) found.delete(subject);
      else found.get(subject).push(figures);
      // The two sizes of the case of files are compared: both are measured as often.
      if (figures === undefined || (given.type !== 'files' && figures.wall > SLOW)) slow.add(subject);
    }
  }
}

/** Returns the medians of the figures of some rounds. */
export function mediansOf(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, median(rounds.map((each) => each[name]))]));
}

function measureOne(subject, options) {
  const child = fileURLToPath(new URL('./child.js', import.meta.url));
  return measureInChild(subject, [process.execPath, child, subject, JSON.stringify(options)], PATIENCE);
}
