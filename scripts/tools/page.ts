import { PARTS } from './projects.ts';

/** One run of a tool: the number of good parts, the exit code, signal or `hangs`, and the time. */
export interface Run {
  readonly tool: string;
  readonly peer: string;
  readonly side: 'peer' | 'statepool';
  readonly fault: string;
  readonly good: number;
  readonly code: number | string;
  readonly seconds: number;
}

const HEAD = `# Tools that people run, on statepool

This page is written by \`npm run tools\`. Each tool ran in a throwaway folder, once with the pool that it comes with, and once
with \`NODE_OPTIONS=--import statepool/compat/register\`; nothing else was changed. A fault happens once, in a worker, in the middle of the
work. A cell has how many of the ${PARTS} files (identical to those of the build without a fault) or tests came out whole, the exit code ("rc"),
and the longest time; for several runs, how many of them were whole. \`hangs\`: it had not ended 20 s after twice the time that it takes
without a fault. "-": where workers are
threads, a \`kill -9\` would end the tool itself.

mocha ran with \`STATEPOOL_WORKERPOOL_RETRIES=3\`: without it, a test file whose worker dies fails, as with workerpool. vitest makes no second
try of such a file: it reports the file, runs the others, and ends with exit code 1. None of these tools limits the time of a task, so
that a loop without end hangs each of them. The times are those of a machine that did other work too.

`;

/** Returns the page with the table of all runs. */
export function pageOf(runs: readonly Run[]): string {
  const tools = [...new Set(runs.map(({ tool }) => tool))];
  const faults = [...new Set(runs.map(({ fault }) => fault))];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  let text = HEAD + row(['tool', 'pool', ...faults]) + row(['tool', 'pool', ...faults].map(() => '---'));
  for (const tool of tools)
    for (const side of ['peer', 'statepool'] as const) {
      const own = runs.filter((run) => run.tool === tool && run.side === side);
      const pool = side === 'peer' ? (own[0]?.peer ?? '') : '**statepool**';
      text += row([tool, pool, ...faults.map((fault) => cellOf(own.filter((run) => run.fault === fault)))]);
    }
  return text;
}

function cellOf(runs: readonly Run[]): string {
  const [first] = runs;
  if (first === undefined) return '-';
  const slowest = Math.max(...runs.map(({ seconds }) => seconds));
  const codes = [...new Set(runs.map(({ code }) => (typeof code === 'string' ? code : `rc ${code}`)))].join(', ');
  const whole = runs.filter(({ good, code }) => good === PARTS && code === 0).length;
  const parts = [...new Set(runs.map(({ good }) => good))].join(' or ');
  const times = runs.length > 1 ? `${whole} of ${runs.length} whole: ` : '';
  return `${times}${parts} of ${PARTS}, ${codes}, ${slowest} s`;
}
