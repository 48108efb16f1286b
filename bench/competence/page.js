import { BAR, barOf, COLOURS, frameOf, scaleOf, titleOf } from '../page/plot.js';
import { FIRST_KEYED, MATCH, nameOfCase } from './cases.js';
import { nameOf, offlineBoundOf, SUBJECTS } from './cells.js';
import { boundOf, gainOfPrefer, gainOfRequire, ratioOf } from './goals.js';

/** The title of the section, and of the row for `--only`. */
export const TITLE = 'competence: tasks with keys';

const HEAD = `## ${TITLE}\n`;

const { require, prefer, any, first, piscina, jest } = SUBJECTS;

/** Returns the columns of a cell's table: their names and texts. */
const SPEEDS = [
  ['require', (result) => speedOf(result, require)],
  ['prefer', (result) => speedOf(result, prefer)],
  ['any', (result) => speedOf(result, any)],
  ['first rules', (result) => speedOf(result, first)],
  ['piscina', (result) => speedOf(result, piscina)],
  ['jest-worker', (result) => speedOf(result, jest)],
  ['prefer x the better of first rules and any', (result) => fixed(gainOfPrefer(result))],
  ['prefer x piscina', (result) => fixed(ratioOf(result, prefer, piscina))],
  ['prefer x jest-worker', (result) => fixed(ratioOf(result, prefer, jest))],
  ['require x first rules', (result) => fixed(gainOfRequire(result))],
];

const DETAILS = [
  ['tasks', ({ cell }) => cell.tasks],
  [
    'loads: require, prefer, any, first rules, piscina, jest-worker',
    (result) => eachOf(result, ({ loads }) => fixed(loads, 0)),
  ],
  ['born: require, prefer, any, first rules', (result) => eachOf(result, ({ born }) => fixed(born, 0), 4)],
  [
    'busy: require, prefer, any, first rules, piscina, jest-worker',
    (result) => eachOf(result, ({ busyShare }) => fixed(busyShare)),
  ],
  ['longest wait of prefer, and its bound, ms', waitOf],
  ['time of prefer, and the least possible, ms', timeOf],
];

/** Says of how many rounds the figures are. */
function roundsIn(results, rounds) {
  const most = Math.max(rounds, ...results.map((result) => result.rounds ?? rounds));
  if (most === 1) return 'those of one round';
  const more = most === rounds ? '' : `, or of up to ${most} rounds where a goal was missed`;
  return `medians of at most ${rounds} rounds${more}; a subject that takes long has one round`;
}

/** Returns the section of docs/performance.md. */
export function sectionOf({ cells, cases, goals }, machine, rounds) {
  return `${HEAD}
\`npm run bench -- --only competence --write\` generates this section. This run: ${machine}.

Each task has a key, such as the name of a project. A worker holds the key of its last task. A task takes 5 ms. If the worker holds another key,
the task takes longer by a load. Load and work are a real wait, not computation. Keys come by
Zipf's law (few keys are frequent, many are rare), in the same order for every subject. When a task ends, the next one comes. The numbers are ${roundsIn([...cells, ...cases], rounds)}. [Scheduling](scheduling.md) has the whole grid, simulated.

- "require" and "prefer" are \`affinityMode\` of a kind with keys, and "any" is a kind without keys.
- "first rules" is \`taskMatch\` under the rules of an early version of the pool. It replaced an old worker by a fresh one only when no task ran.
- jest-worker has \`computeWorkerKey\`; piscina knows nothing of keys.
- "born" is the number of workers that were started. "busy" is the share of the time in which a worker has a task.
- The least possible time is that of workers which load each key once and never wait.

Tasks a second, and how they compare:

${tableOf(
  ['cell', ...SPEEDS.map(([name]) => name)],
  cells.map((result) => [nameOf(result.cell), ...SPEEDS.map(([, cell]) => cell(result))]),
)}

${tableOf(
  ['cell', ...DETAILS.map(([name]) => name)],
  cells.map((result) => [nameOf(result.cell), ...DETAILS.map(([, cell]) => cell(result))]),
)}

The next picture and table have three cases:

- "classes": 420 tasks of 20 ms come at once, a slow one takes 400 ms, and a worker takes only tasks of its own class. The workers are \`inline\`. A
  subject that takes longer than 6 s is measured for that time.
- "40 files": one task of 30 ms for each file, with one worker ("of 1") or four ("of 4"). A worker holds one file.
- "3 keys": 150 tasks, 12 in flight.

![Busy workers before and after](competence.svg)

${tableOf(['case', 'subject', 'busy share', 'tasks/s', 'born'], cases.flatMap(rowsOfCase))}

${goals.map(({ text, found, isReached }) => `- ${isReached ? 'reached' : 'not reached'}: ${text}; found ${found}`).join('\n')}
`;
}

/** Returns a page with its section of competence replaced, or added at its end. */
export function withSection(page, section) {
  const [before, after] = splitAt(page);
  return `${before.trimEnd()}\n\n${section.trimEnd()}\n${after === '' ? '' : `\n${after}`}`;
}

/** Returns the section of competence of a page; none if it has none. */
export function sectionIn(page) {
  const [before, after] = splitAt(page);
  const section = page.slice(before.length, page.length - after.length);
  return section === '' ? undefined : section;
}

/** Draws the busy shares of the cases, before and after. */
export function busyPlotOf({ cases }) {
  let y = 6;
  const parts = [];
  for (const { given, subjects } of cases.filter(({ given }) => given.type === 'busy')) {
    const bars = [
      ['taskMatch, first rules', subjects[first], COLOURS.peer],
      ['taskMatch, now', subjects[MATCH], COLOURS.ours],
      ['keys, first rules', subjects[FIRST_KEYED], COLOURS.peer],
      ['keys, now', subjects[require], COLOURS.ours],
    ].filter(([, figures]) => figures !== undefined);
    y += 26;
    parts.push(titleOf(y, `${nameOfCase(given)}: busy share of the workers`));
    y += 10;
    for (const share of [0.25, 0.5, 0.75, 1]) parts.push(scaleOf(y, share, bars.length, share === 1));
    for (const [name, { busyShare }, colour] of bars) {
      parts.push(...barOf({ y, name, share: busyShare, figure: busyShare, colour }));
      y += BAR;
    }
  }
  return frameOf('Busy workers before and after', y + 14, parts);
}

/** Returns the line of a cell for the terminal. */
export function lineOf(result) {
  const speeds = SPEEDS.map(([name, cell]) => `${name} ${cell(result)}`);
  return `  tasks/s: ${speeds.join(', ')}\n  ${DETAILS.map(([name, cell]) => `${name}: ${cell(result)}`).join('\n  ')}`;
}

/** Returns the lines of a case for the terminal. */
export function linesOfCase(result) {
  return rowsOfCase(result).map(([, subject, busy, speed, born]) => {
    return `  ${subject.padEnd(28)} busy ${busy}, tasks/s ${speed}, born ${born}`;
  });
}

function rowsOfCase({ given, subjects }) {
  return given.subjects.map((name) => {
    const { busyShare, tasksPerSecond, born } = subjects[name] ?? {};
    return [nameOfCase(given), name, fixed(busyShare), fixed(tasksPerSecond), fixed(born, 0)];
  });
}

function splitAt(page) {
  const start = page.indexOf(HEAD);
  if (start < 0) return [page, ''];
  const next = page.indexOf('\n## ', start + HEAD.length);
  return [page.slice(0, start), next < 0 ? '' : page.slice(next + 1)];
}

function tableOf(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function speedOf({ subjects }, name) {
  return fixed(subjects[name]?.tasksPerSecond, 0);
}

function eachOf({ subjects }, textOf, count = 6) {
  const names = [require, prefer, any, first, piscina, jest].slice(0, count);
  return names.map((name) => (subjects[name] === undefined ? '-' : textOf(subjects[name]))).join(', ');
}

function waitOf(result) {
  return `${fixed(result.subjects[prefer]?.longestWait, 0)}, ${fixed(boundOf(result), 0)}`;
}

function timeOf({ cell, subjects }) {
  return `${fixed(subjects[prefer]?.wall, 0)}, ${fixed(offlineBoundOf(cell), 0)}`;
}

function fixed(value, digits = 2) {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits);
}
