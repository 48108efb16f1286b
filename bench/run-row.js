import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { goalOf } from './goals.js';
import { measureInChild } from './measure-in-child.js';
import { AGAIN, median, mediansOf, ratiosOf, shown, summary } from './statistics.js';

/** The longest time of a subject in a round, in ms. A slower subject is left out of its row. */
const PATIENCE = 120_000;

/** The rounds of a row that does not name a number. */
const ROUNDS = { full: 3, quick: 2 };

/** The names of the rows' figures. */
const UNITS = {
  us: 'us/task',
  ms: 'ms',
  bytes: 'bytes/task',
  growth: 'growth',
  cpuMs: 'cpu ms',
  extra: 'us more',
};

/**
 * Measures a row: its subjects by turns, round by round. Without a given number of rounds, a row that misses a goal is
 * measured again: all its rounds count. Prints its table; returns it with the figures and goals.
 */
export function runRow(row, { isQuick, rounds: wanted }) {
  const { title, subjects, base = 'piscina', figure = 'us', felt = [], isPlotted = false } = row;
  const unit = UNITS[figure];
  const missing = (row.needs ?? []).find((command) => !isOnPath(command));
  if (missing !== undefined) {
    const leftOut = `left out: ${missing} is not on PATH`;
    console.log(`\n## ${title}\n${leftOut}`);
    return { title, base, figure, unit, rounds: 0, lines: [], goals: [], felt: [], isPlotted, leftOut, figures: {} };
  }
  const own = row.rounds ?? ROUNDS.full;
  const once = (wanted ?? (isQuick ? Math.min(ROUNDS.quick, own) : own)) * (row.times ?? 1);
  const most = wanted === undefined ? once * (1 + AGAIN) : once;
  const start = performance.now();
  const figures = new Map(subjects.map((subject) => [subject, []]));
  let rounds = 0;
  let goals = [];
  do {
    addRounds(figures, row, once, isQuick);
    rounds += once;
    goals = row.goals.map((goal) => goalOf(figures, goal, figure));
    // A goal for every round is missed for good.
  } while (rounds < most && goals.some(({ isReached }, i) => !isReached && !row.goals[i].always));
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`\n## ${title} (${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${seconds} s)`);
  const lines = subjects.map((subject) => lineOf(figures, subject, base, figure));
  const ratio = subjects.includes(base) ? `x ${base} (min - max)` : '';
  console.log(`${'subject'.padEnd(30)} ${ratio.padEnd(29)} ${unit.padStart(10)}  cpu us/task  p99/p50     p99 us`);
  for (const line of lines) console.log(line.text);
  for (const { text, found, isReached, isStretched, isWish } of goals) {
    console.log(`  ${isStretched ? '++' : isWish ? '..' : isReached ? 'ok' : '--'} ${text}: ${found}`);
  }
  return { title, base, figure, unit, rounds, lines, goals, felt, isPlotted, figures: Object.fromEntries(figures) };
}

/** Adds the figures of some more rounds. A subject that does not finish is left out. */
function addRounds(figures, { subjects, ...row }, rounds, isQuick) {
  for (let round = 0; round < rounds; round++) {
    // The order alternates: a drift over time affects all subjects alike.
    for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) {
      const found = figures.has(subject) ? measured(subject, row, isQuick) : undefined;
      if (found === undefined) figures.delete(subject);
      else figures.get(subject).push(found);
    }
  }
}

function lineOf(figures, subject, base, figure) {
  const own = figures.get(subject);
  if (own === undefined) return { subject, text: `${subject.padEnd(30)} did not finish` };
  const found = summary(own.map((each) => each[figure]));
  const ratio = figures.has(base) ? summary(ratiosOf(figures, subject, [base], figure)) : undefined;
  const textOf = (name, digits) => {
    return own[0][name] === undefined ? '' : median(own.map((each) => each[name])).toFixed(digits);
  };
  const cpu = textOf('cpu', 2);
  const spread = textOf('spread', 1);
  const p99 = textOf('p99', 0);
  const details = [
    ...['mib', 'cpuMs']
      .filter((name) => name !== figure && own[0][name] !== undefined)
      .map((name) => {
        return `${name === 'mib' ? 'peak MiB' : 'processor ms'}: ${textOf(name, 1)}`;
      }),
    ...Object.entries(mediansOf(own)).map(([name, value]) => `${name}: ${shown(value)}`),
  ];
  const more = details.join('; ');
  const range = ratio === undefined ? '' : `(${ratio.least.toFixed(2)} - ${ratio.most.toFixed(2)})`;
  const cells = [(ratio?.median.toFixed(2) ?? '').padStart(9), range.padEnd(18), shown(found.median).padStart(10)];
  const ends = [cpu.padStart(12), spread.padStart(8), p99.padStart(10)];
  const line = `${subject.padEnd(30)} ${[...cells, ...ends].join(' ')}`.trimEnd();
  return { subject, ratio, figure: found, cpu, spread, p99, more, text: more === '' ? line : `${line}\n    ${more}` };
}

/**
 * Measures a subject. One that has no goal of its own is measured once more if it does not finish: what hangs in another
 * package once must not spoil the comparison of a whole row.
 */
function measured(subject, row, isQuick) {
  const found = measure(subject, row, isQuick);
  if (found !== undefined || row.goals.some((goal) => goal.subject === subject)) return found;
  console.log(`${subject} is measured once more`);
  return measure(subject, row, isQuick);
}

function measure(subject, { workload, workers = 1, options, within = [] }, isQuick) {
  const child = fileURLToPath(new URL('./child.js', import.meta.url));
  const flags = ['--expose-gc', '--max-old-space-size=8192'];
  const tasks = options.tasks === undefined ? {} : { tasks: Math.ceil(options.tasks / (isQuick ? 4 : 1)) };
  const given = JSON.stringify({ ...options, ...tasks, isQuick });
  const command = [...within, process.execPath, ...flags, child, subject, workload, String(workers), given];
  return measureInChild(subject, command, PATIENCE);
}

function isOnPath(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}
