/** Measures the cells and cases of competence: every subject in a fresh process a round, in alternating order. */
import { fileURLToPath } from 'node:url';
import { measureInChild } from '../measure-in-child.js';
import { median } from '../statistics.js';
import { casesOf, nameOfCase } from './cases.js';
import { cellsOf, nameOf } from './cells.js';
import { makeFirstRules } from './first-rules.js';
import { goalsOf } from './goals.js';
import { lineOf, linesOfCase } from './page.js';

/** The longest time of a subject in a round, in ms. A slower subject is left out. */
const PATIENCE = 60_000;

/** A subject that takes longer than this, in ms, is measured once. */
const SLOW = 3000;

/** Measures everything, and prints it; returns the results with their goals. */
export function runCompetence({ isQuick, rounds }) {
  const { folder, remove } = makeFirstRules();
  try {
    const cells = cellsOf(isQuick).map((cell) => {
      console.log(`\n${nameOf(cell)}, ${cell.tasks} tasks`);
      const result = { cell, subjects: measureAll(cell, rounds, folder) };
      console.log(lineOf(result));
      return result;
    });
    const cases = casesOf(isQuick).map((given) => {
      console.log(`\n${nameOfCase(given)}`);
      const result = { given, subjects: measureAll(given, rounds, folder) };
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

/** Returns the medians of each subject's figures, by subject. */
function measureAll(given, rounds, first) {
  const found = new Map(given.subjects.map((subject) => [subject, []]));
  const slow = new Set();
  for (let round = 0; round < rounds; round++) {
    // The order alternates: a drift over time affects all subjects alike.
    for (const subject of round % 2 === 0 ? given.subjects : [...given.subjects].reverse()) {
      if (slow.has(subject)) continue;
      const figures = measureOne(subject, { ...given, first });
      if (figures === undefined) found.delete(subject);
      else found.get(subject).push(figures);
      // The two sizes of the case of files are compared: both are measured as often.
      if (figures === undefined || (given.type !== 'files' && figures.wall > SLOW)) slow.add(subject);
    }
  }
  return Object.fromEntries([...found].map(([subject, own]) => [subject, mediansOf(own)]));
}

/** Returns the medians of the figures of some rounds. */
export function mediansOf(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, median(rounds.map((each) => each[name]))]));
}

function measureOne(subject, options) {
  const child = fileURLToPath(new URL('./child.js', import.meta.url));
  return measureInChild(subject, [process.execPath, child, subject, JSON.stringify(options)], PATIENCE);
}
