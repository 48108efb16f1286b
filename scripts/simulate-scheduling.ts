/**
 * Simulates keyed workloads on a grid, over the rules of the pool itself, and prints a table. With --write, writes
 * docs/scheduling.md. With --check, the exit code is 1 if a demand is not met.
 */
import { writeFileSync } from 'node:fs';
import {
  boundOf,
  type Cell,
  cellsOf,
  type Demand,
  demandsOn,
  GRID,
  gainOfPrefer,
  gainOfRequire,
} from './scheduling/grid.ts';

const page = new URL('../docs/scheduling.md', import.meta.url);
const flags = process.argv.slice(2);
const unknown = flags.find((flag) => !['--write', '--check'].includes(flag));
if (unknown !== undefined) {
  process.stderr.write(`simulate-scheduling: unknown flag ${unknown}: the flags are --write and --check\n`);
  process.exit(2);
}
const cells = cellsOf(GRID);
const demands = demandsOn(cells);
const text = pageOf(cells, demands);
if (flags.includes('--write')) writeFileSync(page, text);
else process.stdout.write(text);
if (flags.includes('--check')) {
  for (const { name, found, isMet } of demands) {
    process.stderr.write(`${isMet ? 'ok   ' : 'SHORT'} ${name}; found ${found}\n`);
    if (!isMet) process.exitCode = 1;
  }
}

function pageOf(all: readonly Cell[], wanted: readonly Demand[]): string {
  return `# Scheduling by competence: a simulation

\`npm run simulate -- --write\` generates this page. Workers and callers are played, and time is only counted. The rules
([machines/rules/](../machines/rules)) are those that run in every pool. [Sticky workers](sticky-workers.md) explains them.
[Performance](performance.md) has the same comparison with real workers.

Each cell is one workload of ${GRID.tasks.toLocaleString('en')} tasks. Keys come by Zipf's law: few keys are frequent, and many are rare. A task takes 5 ms. If the worker does not hold the task's key, the task takes longer by
a load. A worker that replaces another starts in 60 ms. When a task ends, the next one comes.

- "in flight": the tasks that wait or run at a time.
- "first rules": the rules of an early version of the pool, for a kind with \`taskMatch\`. They replaced an old worker by a fresh one only when
  no task ran.
- "prefer": how many times as fast \`affinityMode: 'prefer'\` is as the better of two others: the first rules, and a kind without keys.
- "require": how many times as fast \`affinityMode: 'require'\` is as the first rules; in brackets, as the first rules for a kind with keys.
- "loads" and "born": the number of loads, and of workers that were started.
- "longest wait": of a task with "prefer", and its bound, in ms. The bound is the sum of the longest wait without keys, of four loads, and of one
  turn of the keys.
- "busy": the share of the time in which workers had a task: first rules, require, prefer.

The goals, and what was found:

${wanted.map(({ name, found, isMet }) => `- ${isMet ? 'reached' : '**not reached**'}: ${name}; found ${found}`).join('\n')}

| workers | keys | load, ms | in flight | prefer | require | loads: no keys, prefer | born: first rules, require | longest wait, bound | busy |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${all.map(rowOf).join('\n')}
`;
}

function rowOf(cell: Cell): string {
  const { workload, first, firstKeyed, any, require, prefer } = cell;
  const columns = [
    workload.size,
    workload.keys,
    workload.load,
    workload.inFlight,
    gainOfPrefer(cell).toFixed(2),
    `${gainOfRequire(cell).toFixed(2)} (${(firstKeyed.wall / require.wall).toFixed(2)})`,
    `${any.loads}, ${prefer.loads}`,
    `${first.births}, ${require.births}`,
    `${Math.round(prefer.longestWait)}, ${Math.round(boundOf(cell))}`,
    [first, require, prefer].map(({ busyShare }) => busyShare.toFixed(2)).join(', '),
  ];
  return `| ${columns.join(' | ')} |`;
}
