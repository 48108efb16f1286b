/**
 * Compares statepool with its peers and the raw channel: every subject in a fresh process a round, in alternating
 * order. Uses the median of the ratios within the rounds.
 *
 *     node bench/run.js [--quick] [--rounds n] [--only text] [--check] [--write]
 *
 * `--write` makes docs/performance.md; with `--only`, from the last written results with those rows measured anew. The
 * section of competence (`--only competence`) has a runner of its own, and its text is kept when other rows are written.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { busyPlotOf, sectionIn, sectionOf, TITLE, withSection } from './competence/page.js';
import { runCompetence } from './competence/run.js';
import { measureInChild } from './measure-in-child.js';
import { pageOf, plotOf } from './page.js';
import { rows } from './rows.js';
import { median, mediansOf, ratiosOf, shown, summary, valuesOf } from './statistics.js';

/** The longest time of a subject in a round, in ms. A slower subject is left out of its row. */
const PATIENCE = 240_000;

/** The names of the rows' figures. */
const UNITS = { us: 'us/task', bytes: 'bytes/task', growth: 'growth', cpuMs: 'cpu ms', extra: 'us more' };

/** The names of the goals' values. */
const VALUES = {
  spread: 'p99 / p50',
  share: 'time without a viewer / with a viewer',
  cpuShare: 'CPU time without a viewer / with a viewer',
  bytes: 'bytes for each task',
  cpuMs: 'CPU ms',
  ideal: 'share of the ideal speed',
  slower: 'difference in us',
};

const options = optionsOf();
const allRounds = Number(options.rounds ?? (options.quick ? 2 : 5));
if (!(Number.isInteger(allRounds) && allRounds > 0)) {
  console.error(`bench: --rounds is ${options.rounds}: it must be a whole number of at least 1`);
  process.exit(2);
}
const chosen = rows
  .filter(({ title }) => options.only === undefined || title.includes(options.only))
  .filter(({ isLong, goals }) => !options.quick || options.only !== undefined || !(isLong || goals.length === 0));
const isCompetence = options.only === undefined || TITLE.includes(options.only);
if (chosen.length === 0 && !isCompetence) {
  const titles = [...rows.map(({ title }) => title), TITLE].join('\n');
  console.error(`bench: no row has "${options.only}" in its title; there are:\n${titles}`);
  process.exit(2);
}

const machine = machineOf();
console.log(`${machine}\nThe ratios compare each subject with piscina in the same round: 2.00 is twice as fast.`);
const results = chosen.map(runRow);
/** More rounds would take longer than five minutes. */
const competenceRounds = Math.min(allRounds, 3);
if (isCompetence) console.log(`\n## ${TITLE}`);
const competence = isCompetence
  ? { title: TITLE, ...runCompetence({ isQuick: options.quick, rounds: competenceRounds }) }
  : undefined;
const shortfalls = [...results, ...(competence === undefined ? [] : [competence])].flatMap(({ title, goals }) =>
  goals.filter(({ isReached }) => !isReached).map(({ text, found }) => `${title}: ${text}, found ${found}`),
);
for (const shortfall of shortfalls) console.log(`SHORT: ${shortfall}`);
if (options.write) write();
if (options.check && shortfalls.length > 0) process.exitCode = 1;

function write() {
  const page = new URL('../docs/performance.md', import.meta.url);
  const before = readFileSync(page, 'utf8');
  const section = competence === undefined ? sectionIn(before) : sectionOf(competence, machine, competenceRounds);
  const text = results.length === 0 ? before : writeRows();
  writeFileSync(page, section === undefined ? text : withSection(text, section));
  if (competence !== undefined) {
    writeFileSync(new URL('../docs/competence.svg', import.meta.url), busyPlotOf(competence));
  }
}

/** Writes the results and the plot of the rows; returns the page. */
function writeRows() {
  const last = new URL('results/last.json', import.meta.url);
  const isPart = options.only !== undefined && existsSync(last);
  const before = isPart ? JSON.parse(readFileSync(last, 'utf8')) : [];
  const all = new Map([...before, ...results].map((result) => [result.title, result]));
  const written = rows.flatMap(({ title }) => all.get(title) ?? []);
  mkdirSync(new URL('.', last), { recursive: true });
  writeFileSync(last, JSON.stringify(written));
  writeFileSync(new URL('../docs/performance.svg', import.meta.url), plotOf(written));
  return pageOf(written, machine, allRounds);
}

function runRow(row) {
  const { title, subjects, base = 'piscina', figure = 'us' } = row;
  const rounds = Math.min(allRounds, row.rounds ?? (row.goals.length === 0 ? 3 : allRounds)) * (row.times ?? 1);
  const figures = new Map(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    // The order alternates: a drift over time affects all subjects alike.
    for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) {
      const found = figures.has(subject) ? measure(subject, row) : undefined;
      if (found === undefined) figures.delete(subject);
      else figures.get(subject).push(found);
    }
  }
  console.log(`\n## ${title} (${rounds} ${rounds === 1 ? 'round' : 'rounds'})`);
  const lines = subjects.map((subject) => lineOf(figures, subject, base, figure));
  const goals = row.goals.map((goal) => goalOf(figures, goal));
  const ratio = subjects.includes(base) ? `x ${base} (min - max)` : '';
  const unit = UNITS[figure];
  console.log(`${'subject'.padEnd(30)} ${ratio.padEnd(29)} ${unit.padStart(10)}  cpu us/task  p99/p50`);
  for (const line of lines) console.log(line.text);
  for (const { text, found, isReached, isStretched, isWish } of goals) {
    console.log(`  ${isStretched ? '++' : isWish ? '..' : isReached ? 'ok' : '--'} ${text}: ${found}`);
  }
  return { title, base, unit, lines, goals };
}

function lineOf(figures, subject, base, figure) {
  const own = figures.get(subject);
  if (own === undefined) return { subject, text: `${subject.padEnd(30)} did not finish` };
  const found = summary(own.map((each) => each[figure]));
  const ratio = figures.has(base) ? summary(ratiosOf(figures, subject, [base], figure)) : undefined;
  const cpu = own[0].cpu === undefined ? '' : median(own.map((each) => each.cpu)).toFixed(2);
  const spread = own[0].spread === undefined ? '' : median(own.map((each) => each.spread)).toFixed(1);
  const details = Object.entries(mediansOf(own));
  const more = details.map(([name, value]) => `${name}: ${shown(value)}`).join('; ');
  const range = ratio === undefined ? '' : `(${ratio.least.toFixed(2)} - ${ratio.most.toFixed(2)})`;
  const cells = [(ratio?.median.toFixed(2) ?? '').padStart(9), range.padEnd(18), shown(found.median).padStart(10)];
  const line = `${subject.padEnd(30)} ${cells.join(' ')} ${cpu.padStart(12)} ${spread.padStart(8)}`.trimEnd();
  return { subject, ratio, figure: found, cpu, spread, more, text: more === '' ? line : `${line}\n    ${more}` };
}

function goalOf(figures, goal) {
  const { subject, of = ['piscina'], value, least, most, stretch, or } = goal;
  const isWish = least === undefined && most === undefined;
  const others = of.filter((other) => figures.has(other));
  const what = VALUES[value] ?? value ?? (of.length > 1 ? `x the best of ${of.join(', ')}` : `x ${of[0]}`);
  const bound = isWish
    ? `stretch goal ${stretch}`
    : most === undefined
      ? `at least ${least.toFixed(2)}`
      : `at most ${most}`;
  const text = `${subject}: ${what}, ${bound}`;
  if (!figures.has(subject)) return { text, found: 'it did not finish', isReached: false };
  if (value === undefined && others.length === 0) return { text, found: 'no peer finished', isReached: false };
  const found = median(valuesOf(figures, { ...goal, of: others }));
  const isReached = isWish || (most === undefined ? found >= least : found <= most);
  const isStretched = stretch !== undefined && (most === undefined ? found >= stretch : found <= stretch);
  const own = { text, found: shown(found), isReached, isStretched, isWish };
  if (or === undefined) return own;
  const other = goalOf(figures, { subject, ...or });
  return {
    text: `${text}, or ${VALUES[or.value] ?? or.value} at most ${or.most}`,
    found: `${own.found} and ${other.found}`,
    isReached: isReached || other.isReached,
    isStretched,
    isWish,
  };
}

function measure(subject, { workload, workers = 1, options: of }) {
  const child = fileURLToPath(new URL('./child.js', import.meta.url));
  const flags = ['--expose-gc', '--max-old-space-size=8192'];
  const tasks = of.tasks === undefined ? {} : { tasks: Math.ceil(of.tasks / (options.quick ? 4 : 1)) };
  const given = JSON.stringify({ ...of, ...tasks, isQuick: options.quick });
  const args = [...flags, child, subject, workload, String(workers), given];
  return measureInChild(subject, args, PATIENCE);
}

function machineOf() {
  const version = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
  const peers = ['piscina', 'tinypool', 'workerpool', 'poolifier', 'jest-worker'];
  const names = peers.map((name) => `${name} ${version(`./node_modules/${name}/package.json`)}`);
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
