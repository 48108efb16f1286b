import { classesOf, type Described, membersOf, textsOf } from './members.ts';

const ERRORS = 'actors/errors/errors.ts';

/** Returns the page of options, events, errors and numbers, from the sources. */
export function referencePage(): string {
  return `# Options, events, errors and numbers

\`npm run reference\` generates this page from the sources. All durations are in milliseconds. [The API](api/README.md) has every export
with its types.

## Options of a pool

\`createPool(kind, options)\` takes these options. The pool refuses any other, and names the nearest one.

${optionsIn('actors/options/pool-options.ts', 'PoolOptions')}
### \`restart\`

${table(
  ['limit', 'meaning'],
  [
    ...membersOf('machines/state/pool-state.ts', 'RestartLimits'),
    ...membersOf('actors/options/option-types.ts', 'RestartOptions'),
  ].map(({ name, words }) => [code(name), words]),
)}
### \`recycle\`

${table(
  ['limit', 'meaning'],
  membersOf('actors/options/option-types.ts', 'RecycleLimits').map(({ name, words }) => [code(name), words]),
)}
### \`backoff\`

${optionsIn('actors/options/backoff.ts', 'Backoff')}
## Members of a kind

A kind has these members; \`name\`, \`url\`, \`requestOfTask\` and \`perform\` are needed. "In the master" means: in your program. "OCaml" names the part of Rocq's source that the member comes from: see the [glossary](glossary.md). [Kinds](kinds.md) explains the most common ones.

${table(
  ['member', 'meaning', 'default'],
  membersOf('kinds/kind.ts', 'KindMembers').map(({ name, words, byDefault }) => [code(name), words, byDefault ?? '']),
)}
## Options of a task

\`pool.run(task, options)\` takes these. \`runAll\` and \`map\` take most of them: see [the API](api/statepool.md).

${optionsIn('actors/options/run-options.ts', 'RunOptions')}
## Options of \`close\`

${optionsIn('actors/pool/pool-types.ts', 'CloseOptions')}
## Events

\`pool.on(event, listener)\`:

${table(
  ['event', 'when', 'the listener gets'],
  membersOf('actors/pool/pool-events.ts', 'PoolEvents').map(({ name, words, type }) => [code(name), words, code(type)]),
)}
## Errors

Each error has a \`code\`, and \`cause\` is the error behind it. [Failures and retries](errors.md) says what happens to the worker.

${table(['code', 'class', 'meaning'], errors())}
## Numbers

\`pool.stats\` has these. [Observability](observability.md) explains the histograms of \`timings\`.

${numbersIn([...membersOf('actors/core/pool-core.ts', 'Counts'), ...membersOf('actors/pool/pool-types.ts', 'Stats')])}
### \`stats.competence\`

${numbersIn([...membersOf('machines/state/scheduling.ts', 'CompetenceCounts'), ...membersOf('actors/pool/pool-types.ts', 'CompetenceStats')])}
## A worker in \`pool.workers\`

${numbersIn(membersOf('actors/pool/pool-types.ts', 'WorkerInfo'))}`;
}

function optionsIn(path: string, name: string): string {
  const rows = membersOf(path, name).map(({ name, words, byDefault }) => [code(name), words, byDefault ?? 'none']);
  return table(['option', 'meaning', 'default'], rows);
}

function numbersIn(members: readonly Described[]): string {
  return table(
    ['field', 'meaning'],
    members.map(({ name, words }) => [code(name), words]),
  );
}

/** Returns a row for each code: the first class that makes it, and what that class says. */
function errors(): string[][] {
  const classes = classesOf(ERRORS).filter(({ name }) => name !== 'StatepoolError');
  return textsOf(ERRORS, 'ErrorCode').map((each) => {
    const made = classes.find(({ text }) => text.includes(`'${each}'`));
    if (made === undefined) throw new Error(`no class of ${ERRORS} makes the code ${each}`);
    return [code(each), code(made.name), made.words];
  });
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

/** Returns a table whose columns are as wide as their longest cell, as the formatter wants it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return `${[line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n')}\n`;
}
