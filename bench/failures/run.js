/**
 * Shows how pools fail: runs every row on every pool, each in a process of its own with a deadline, so that a hang is a
 * result. Exit code 1: statepool does not do what a row expects.
 *
 *     node bench/failures/run.js [--only row,...] [--subject text,...] [--patience ms] [--jobs n] [--write] [--list]
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { pageOf } from './page.js';
import { rows } from './rows/index.js';
import { subjects } from './subjects.js';
import { play } from './trial.js';
import { verdictOf } from './verdict.js';

/** The longest wait for an expected event, in ms. */
const PATIENCE = 4000;

const USAGE = `node bench/failures/run.js [flags]
  --only row,...      these rows only
  --subject text,...  these pools only: those whose names contain one of the texts
  --patience ms       how long something that should happen is waited for
  --jobs n            how many programs run at a time
  --list              the rows, each with what it expects
  --write             writes docs/failures.md
  --help`;

/** The row of the last printed cell. */
let above;

const options = optionsOf();
if (options.help) console.log(USAGE);
else if (options.list) {
  for (const { name, title, expects } of rows) console.log(`${name}\n  ${title}\n  ${expects}`);
} else await runAll();

async function runAll() {
  const jobs = countOf('jobs', options.jobs ?? availableParallelism());
  // More jobs than processors make all of them slower.
  const crowded = Math.max(1, jobs / availableParallelism());
  const patience = countOf('patience', options.patience ?? Math.ceil(PATIENCE * crowded));
  const chosenRows = chosenOf('row', options.only, rows, ({ name }, wanted) => name === wanted);
  const chosen = chosenOf('subject', options.subject, Object.keys(subjects), (name, wanted) => name.includes(wanted));
  if (options.write && (options.only ?? options.subject) !== undefined) refuse('--write is for the whole matrix');
  const cells = chosenRows.flatMap((row) => chosen.map((name) => ({ row, name, subject: subjects[name] })));
  const results = [];
  // Several cells are under way at a time. Print them in order.
  let next = 0;
  let printed = 0;
  const work = async () => {
    while (next < cells.length) {
      const index = next++;
      results[index] = await cellOf(cells[index], patience);
      while (results[printed] !== undefined) print(results[printed++]);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  const failed = results.filter(({ mark, subject }) => mark === 'fails' && subject.peer === 'statepool');
  const count = (of) => results.filter(of).length;
  for (const peer of new Set(results.map(({ subject }) => subject.peer))) {
    const of = (mark) => count((result) => result.subject.peer === peer && result.mark === mark);
    console.log(`${peer}: ${of('passes')} of ${of('passes') + of('fails')} as expected`);
  }
  for (const { row, name, faults } of failed) console.log(`FAILS: ${name}: ${row.title}: ${faults.join('; ')}`);
  if (options.write) writeFileSync(new URL('../../docs/failures.md', import.meta.url), pageOf(results, patience));
  if (failed.length > 0) process.exitCode = 1;
}

/** Runs one cell: `mark` is `passes`, `fails`, or `-` if the row does not apply to the subject. */
async function cellOf({ row, name, subject }, patience) {
  const cell = { row, name, subject };
  if (row.host !== undefined && row.host !== subject.host)
    return { ...cell, mark: '-', text: 'not for threads', faults: [] };
  if (row.can !== undefined && !subject.can[row.can])
    return { ...cell, mark: '-', text: 'has no such option', faults: [] };
  const trials = row.trials?.(subject) ?? 1;
  let verdict;
  for (let trial = 1; trial <= trials; trial++) {
    verdict = verdictOf(row, subject, await play(row, name, patience));
    if (verdict.faults.length > 0) break;
  }
  const times = trials > 1 && verdict.faults.length === 0 ? `, in ${trials} of ${trials} trials` : '';
  return {
    ...cell,
    mark: verdict.faults.length === 0 ? 'passes' : 'fails',
    ...verdict,
    text: `${verdict.text}${times}`,
  };
}

function print({ row, name, mark, text }) {
  if (row !== above) console.log(`\n${row.title}\n  (${row.expects})`);
  above = row;
  console.log(`  ${{ passes: '+', fails: 'x', '-': '-' }[mark]} ${name.padEnd(19)} ${text}`);
}

function optionsOf() {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  try {
    return parseArgs({
      options: { only: text, subject: text, patience: text, jobs: text, write: flag, list: flag, help: flag },
    }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

function chosenOf(what, text, all, is) {
  if (text === undefined) return all;
  const names = all.map((each) => each.name ?? each);
  return text.split(',').flatMap((wanted) => {
    const found = all.filter((each) => is(each, wanted));
    if (found.length === 0) refuse(`there is no ${what} ${wanted}; there are: ${names.join(', ')}`);
    return found;
  });
}

function countOf(name, value) {
  const count = Number(value);
  return Number.isInteger(count) && count > 0
    ? count
    : refuse(`--${name} is ${value}: it must be a whole number of at least 1`);
}

function refuse(message) {
  console.error(`failures: ${message}`);
  process.exit(2);
}
