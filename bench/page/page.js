import { shown } from '../statistics.js';
import { behindPartOf, feltPartOf } from './opening.js';

/**
 * Returns docs/performance.md: what a user feels, then every row with its figures and goals. `section`: the section of
 * competence, whose missed goals are listed too.
 */
export function pageOf(results, machine, section) {
  return `# Performance

This page compares statepool with other pools. \`npm run bench -- --write\` generates it. This run: ${machine}.

${feltPartOf(results)}
![Latency and throughput against piscina](performance.svg)

## How to read the tables and goals

- A row of a table is one subject: a pool in one mode. A name without more is a pool with its defaults.
- "raw channel" and "raw pipe" have no pool: the program and one worker send messages to each other. "100 a worker" allows 100 tasks at a time on
  each worker. "window" is a kind whose workers may hold several requests. "async" is a kind that returns promises. With "plans off" statepool
  interprets every step of its statecharts, and has compiled none.
- The column "x piscina" says how many times as fast as piscina a subject is, or how many times as much memory piscina needs: 2.00 is twice
  as good. The value is the median of the rounds, and the brackets have the smallest and the largest value. Each table has at most ${Math.max(...results.map(({ rounds }) => rounds))} rounds: a
  row that misses a goal is measured again, at most twice, and all its rounds count. In a
  round each subject runs in a new process, in alternating order.
- "us/task" is the median time for one task in microseconds, and "CPU us/task" is the processor time of all threads for it. "p99 / p50" is the slowest
  of 99 in 100 tasks, compared with the median.
- A line below a table is a goal. In bold, **reached** means that a second, harder goal is reached too. A "stretch goal" is hoped for, not
  required.
- A goal "x piscina, at least" is about the column: more is better. A goal "time, x piscina, at most", or the same with memory or p99, is
  the other way round: 1.26 is 26 % more than piscina needs, and less is better.

${behindPartOf(results, section)}
${results.map(sectionOf).join('\n')}`;
}

function sectionOf({ title, base, unit, lines, goals, leftOut }) {
  if (leftOut !== undefined) return `## ${title}\n\n${leftOut}.\n`;
  const columns = [
    { name: `x ${base} (min - max)`, cell: ({ ratio }) => ratio && rangeOf(ratio) },
    { name: unit, cell: ({ figure }) => (figure === undefined ? 'did not finish' : shown(figure.median)) },
    { name: 'CPU us/task', cell: ({ cpu }) => cpu },
    { name: 'p99 / p50', cell: ({ spread }) => spread },
    { name: 'p99 us', cell: ({ p99 }) => p99 },
    { name: 'in detail', cell: ({ more }) => more },
  ].filter(({ cell }) => lines.some((line) => cell(line)));
  const head = ['', ...columns.map(({ name }) => name)];
  const body = lines.map((line) => [line.subject, ...columns.map(({ cell }) => cell(line) ?? '')]);
  const table = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  const reached = goals.map((goal) => `- ${verdictOf(goal)}: ${goal.text}; found ${goal.found}`);
  return `## ${title}\n\n${table.join('\n')}\n${reached.length === 0 ? '' : `\n${reached.join('\n')}\n`}`;
}

function verdictOf({ isReached, isStretched, isWish }) {
  if (isStretched) return '**reached**';
  return isReached && !isWish ? 'reached' : 'not reached';
}

const rangeOf = ({ median, least, most }) => `${median.toFixed(2)} (${least.toFixed(2)} - ${most.toFixed(2)})`;
