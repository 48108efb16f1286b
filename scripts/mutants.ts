/**
 * Seeds bugs, one at a time, into copies of the package, and reports the tests that catch each. Exit code 1: a bug
 * survives.
 */
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { Outcome } from './mutants/ava.ts';
import { mutants as everyMutant } from './mutants/index.ts';
import type { Mutant } from './mutants/mutant.ts';
import { Workspace } from './mutants/workspace.ts';

const BAD_USAGE = 2;
const INTERRUPTED = 130;
const MOST_WORKSPACES = 8;

const root = fileURLToPath(new URL('..', import.meta.url));
const colours = pc.createColors(process.stdout.isTTY === true);
const workspaces: Workspace[] = [];

const program = new Command('mutants')
  .description('Seeds bugs into copies of the package, one at a time, and runs the tests that should catch them.')
  .option('--only <text>', 'those whose names or files contain it')
  .option('--list', 'names them, and runs nothing', false)
  .option('--all', 'runs the whole suite on each: slow', false)
  .option('--workspaces <n>', 'so many at once, each in a copy of its own', workspaceCount, 2)
  .allowExcessArguments(false)
  .configureOutput({ outputError: (text, write) => write(`mutants: ${text.replace(/^error: /, '').trim()}\n`) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : BAD_USAGE));

const {
  only,
  list,
  all,
  workspaces: count,
} = program.parse().opts<{
  only?: string;
  list: boolean;
  all: boolean;
  workspaces: number;
}>();
const chosen = everyMutant.filter(({ name, file }) => `${name} ${file}`.includes(only ?? ''));
const widths = {
  name: Math.max(...chosen.map(({ name }) => name.length)),
  file: Math.max(...chosen.map(({ file }) => file.length)),
};

if (chosen.length === 0) program.error(`no mutant has '${only}' in its name or file`);
else if (list) for (const { name, file, breaks } of chosen) say(columns(name, file, breaks));
else await main();

function workspaceCount(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MOST_WORKSPACES) return value;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_WORKSPACES}.`);
}

async function main(): Promise<void> {
  const interrupt = () => {
    for (const workspace of workspaces) workspace.remove();
    process.exit(INTERRUPTED);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    for (let i = 0; i < Math.min(count, chosen.length); i++) workspaces.push(new Workspace(root));
    process.exitCode = (await areTestsSound()) && (await tryAll()) ? 0 : 1;
  } finally {
    for (const workspace of workspaces) workspace.remove();
  }
}

/** Checks that no test fails without a bug: such a test would catch nothing. */
async function areTestsSound(): Promise<boolean> {
  const files = all ? [] : [...new Set(chosen.flatMap(({ catchers }) => catchers))].sort();
  const start = performance.now();
  const outcome = await (workspaces[0] as Workspace).test(files, false);
  const isSound = outcome.type === 'passed';
  const what = `${all ? 'the whole suite' : `${files.length} test files`} without a bug`;
  say(`${what}: ${isSound ? 'passed' : describe(outcome)}, ${secondsSince(start)} s`);
  return isSound;
}

/** Returns whether every seeded bug was caught as its list says. */
async function tryAll(): Promise<boolean> {
  const waiting = [...chosen];
  let caught = 0;
  say(columns('name', 'file', 'caught by'));
  const drain = async (workspace: Workspace) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      if (await tryOne(workspace, next)) caught++;
  };
  await Promise.all(workspaces.map(drain));
  say(`${caught} of ${chosen.length} caught`);
  return caught === chosen.length;
}

async function tryOne(workspace: Workspace, mutant: Mutant): Promise<boolean> {
  const start = performance.now();
  const runs = all
    ? [{ what: 'the suite', files: [] }]
    : mutant.catchers.map((each) => ({ what: each, files: [each] }));
  const words: string[] = [];
  let isCaught = true;
  await workspace.with(mutant, async () => {
    for (const { what, files } of runs) {
      const outcome = await workspace.test(files, true);
      const isFailed = outcome.type === 'failed' || outcome.type === 'hung';
      isCaught &&= isFailed;
      words.push(isFailed ? `${what}: ${describe(outcome)}` : colours.red(`${what}: ${describe(outcome)}`));
    }
  });
  say(columns(mutant.name, mutant.file, `${words.join('; ')}  ${secondsSince(start)} s`));
  if (!isCaught) say(`  ${mutant.breaks}`);
  return isCaught;
}

/** Describes a run of tests with a seeded bug. */
function describe(outcome: Outcome): string {
  switch (outcome.type) {
    case 'passed':
      return 'SURVIVED';
    case 'failed':
      return outcome.titles[0] ?? '';
    case 'hung':
      return 'caught (hung)';
    case 'broken':
      return `the tests did not run: ${outcome.output.trim().split('\n').slice(0, 5).join('\n')}`;
  }
}

function columns(name: string, file: string, rest: string): string {
  return `${name.padEnd(widths.name)}  ${file.padEnd(widths.file)}  ${rest}`;
}

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
