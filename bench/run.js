/**
 * Compares statepool with its peers and the raw channel: every subject in a fresh process a round, in alternating
 * order. Uses the median of the ratios within the rounds.
 *
 *     node bench/run.js [--quick] [--rounds n] [--only text] [--check] [--write]
 *
 * Without `--rounds`, each row has its own number: 3 as a rule, at most 2 with `--quick`. A row that misses a goal is
 * measured again then, at most twice, and all its rounds count. `--write` makes
 * docs/performance.md; with `--only`, from the last written results with those rows measured anew. The section of
 * competence (`--only competence`) has a runner of its own, and its text is kept when other rows are written.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { busyPlotOf, sectionIn, sectionOf, TITLE, withSection } from './competence/page.js';
import { runCompetence } from './competence/run.js';
import { pageOf } from './page/page.js';
import { plotOf } from './page/plot.js';
import { rows } from './rows/index.js';
import { runRow } from './run-row.js';
import { PEERS } from './subjects/peers.js';

/** The rounds of competence. More would take longer than four minutes. */
const COMPETENCE_ROUNDS = 2;

const started = performance.now();
const options = optionsOf();
const wanted = options.rounds === undefined ? undefined : Number(options.rounds);
if (wanted !== undefined && !(Number.isInteger(wanted) && wanted > 0)) {
  console.error(`bench: --rounds is ${options.rounds}: it must be a whole number of at least 1`);
  process.exit(2);
}
const chosen = rows
  .filter(({ title }) => options.only === undefined || title.includes(options.only))
  .filter((row) => !options.quick || options.only !== undefined || isQuick(row));
const isCompetence = options.only === undefined || TITLE.includes(options.only);
if (chosen.length === 0 && !isCompetence) {
  const titles = [...rows.map(({ title }) => title), TITLE].join('\n');
  console.error(`bench: no row has "${options.only}" in its title; there are:\n${titles}`);
  process.exit(2);
}

const machine = machineOf();
console.log(`${machine}\nThe ratios compare each subject with piscina in the same round: 2.00 is twice as fast.`);
const results = chosen.map((row) => runRow(row, { isQuick: options.quick, rounds: wanted }));
const competenceRounds = Math.min(wanted ?? COMPETENCE_ROUNDS, COMPETENCE_ROUNDS);
if (isCompetence) console.log(`\n## ${TITLE}`);
const competence = isCompetence
  ? {
      title: TITLE,
      ...runCompetence({ isQuick: options.quick, rounds: competenceRounds, isAgain: wanted === undefined }),
    }
  : undefined;
const shortfalls = [...results, ...(competence === undefined ? [] : [competence])].flatMap(({ title, goals }) =>
  goals.filter(({ isReached }) => !isReached).map(({ text, found }) => `${title}: ${text}, found ${found}`),
);
for (const { title, leftOut } of results) if (leftOut !== undefined) console.log(`LEFT OUT: ${title}: ${leftOut}`);
for (const shortfall of shortfalls) console.log(`SHORT: ${shortfall}`);
if (options.write) write();
console.log(`The whole run took ${((performance.now() - started) / 60_000).toFixed(1)} minutes.`);
if (options.check && shortfalls.length > 0) process.exitCode = 1;

function write() {
  const page = new URL('../docs/performance.md', import.meta.url);
  const before = readFileSync(page, 'utf8');
  const section = competence === undefined ? sectionIn(before) : sectionOf(competence, machine, competenceRounds);
  const written = resultsToWrite();
  const text = written === undefined ? before : pageOf(written, machine, section);
  writeFileSync(page, section === undefined ? text : withSection(text, section));
  if (written !== undefined) writeFileSync(new URL('../docs/performance.svg', import.meta.url), plotOf(written));
  if (competence !== undefined) {
    writeFileSync(new URL('../docs/competence.svg', import.meta.url), busyPlotOf(competence));
  }
}

/** Returns the results of this run with those of earlier runs, and keeps them; `undefined` if there are none. */
function resultsToWrite() {
  const last = new URL('results/last.json', import.meta.url);
  const isPart = options.only !== undefined && existsSync(last);
  const before = isPart ? JSON.parse(readFileSync(last, 'utf8')) : [];
  const all = new Map([...before, ...results].map((result) => [result.title, result]));
  const written = rows.flatMap(({ title }) => all.get(title) ?? []);
  if (written.length === 0) return undefined;
  mkdirSync(new URL('.', last), { recursive: true });
  writeFileSync(last, JSON.stringify(written));
  return written;
}

/** Returns whether a quick run has a row. */
function isQuick(row) {
  return row.isQuick || !(row.isLong || row.goals.length === 0);
}

function machineOf() {
  const version = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
  const names = PEERS.map((name) => `${name} ${version(`./node_modules/${name}/package.json`)}`);
  const own = `statepool ${version('../package.json')}, xstate ${version('../node_modules/xstate/package.json')}`;
  return `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}; ${own}; ${names.join(', ')}`;
}

function optionsOf() {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        only: { type: 'string' },
        check: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`bench: ${error.message}`);
    process.exit(2);
  }
}
