#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { BAD_INPUT, complain, endOnBrokenOutput, failWith } from './exit.ts';
import type { LookFlags } from './look.ts';
import { note } from './terminal.ts';

/** The shared options, as commander gives them. */
export interface PoolFlags extends LookFlags {
  readonly size?: number;
  readonly host: 'process' | 'thread' | 'inline';
}

const program = new Command('statepool')
  .description('A worker pool for workers that keep state between tasks.')
  .version(versionOf())
  .exitOverride()
  .configureOutput({
    outputError: (text) =>
      note(
        `statepool: ${text
          .replace(/^error: /, '')
          .trim()
          .replaceAll(/\s+/g, ' ')} (see statepool --help)`,
      ),
  });

addPoolFlags(
  program
    .command('prove')
    .description('Proves the goals of SMT-LIB 2 files: unsat is proved, sat is disproved, with a counterexample.')
    .argument('<file...>', '.smt2 files, or folders of them'),
)
  .option('--timeout <ms>', "the solver's time for a goal", countOf('a number of ms'))
  .option('--deadline <ms>', 'the wall-clock time for a goal; then its worker is killed', countOf('a number of ms'))
  .option(
    '--rlimit <n>',
    "the solver's resource units for a goal: reproducible, unlike time",
    countOf('a number of units'),
  )
  .addOption(new Option('--engine <name>', 'the solver').choices(['z3-wasm', 'z3', 'cvc5']).default('z3-wasm'))
  .option('--incremental', "keep the solver's state between goals: faster, and less predictable", false)
  .option('--fresh', 'a new worker for every goal', false)
  .option('--all', 'list the proved goals too', false)
  .option('--json', 'a JSON line for each goal, and one for the summary', false)
  .option('--journal <file>', 'write down each goal that is decided')
  .option('--resume', 'go on with the journal: what is decided there is not tried again', false)
  .action(async (files, flags) => (await import('./prove.ts')).prove(files, flags));

addPoolFlags(
  program
    .command('run')
    .description(
      'Runs tasks, one JSON value a line, on the kind in a module; prints a JSON line of result or error for each, in order.',
    )
    .argument(
      '<kind>',
      'a module whose default export is a kind, or the name of a shipped one: proof, tactic, query, call',
    ),
)
  .option('--tasks <file>', 'the file of tasks; - reads standard input', '-')
  .option('--journal <file>', 'write down what is begun and how it ends, so that it can be gone on with')
  .option('--resume', 'go on with the journal: what has ended there is not run again', false)
  .action(async (kind, flags) => (await import('./run.ts')).run(kind, flags));

addLookFlags(
  program
    .command('scenario')
    .description('Tells a story on real workers while it runs: what happened, in plain words, and whether it held.')
    .argument('[name]', 'a scenario, or a module of your own whose default export is one; without it they are listed')
    .option('--list', 'list the scenarios', false)
    .addOption(new Option('--host <host>', 'where workers run').choices(['process', 'thread']))
    .option('--size <n>', 'how many workers', countOf('a number of workers, at least 1', 1, 4096)),
).action(async (name, flags) => (await import('./scenario.ts')).scenario(name, flags));

program
  .command('chart')
  .description("Prints a statechart: the worker's, the supervisor's, or that of a kind's workers.")
  .argument(
    '<machine>',
    'worker, supervisor, a module whose default export is a kind, or the name of a shipped one: proof, tactic, query, call',
  )
  .addOption(new Option('--mermaid', 'as the text of a mermaid diagram (default)').conflicts(['svg', 'json']))
  .addOption(new Option('--svg', 'as a picture').conflicts(['json']))
  .option('--json', "as the configuration that XState's createMachine takes and Stately's editor opens")
  .action(async (name, flags) => (await import('./chart.ts')).chart(name, flags));

program
  .command('paths')
  .description(
    "Walks the paths of a kind's statechart, of the worker's machine or of a whole pool on real workers that do as they are told.",
  )
  .argument('[kind]', 'a module, a shipped kind, worker or supervisor (default: all that ship)')
  .option('--kind <kind>', 'the same')
  .addOption(
    new Option('--mode <mode>', 'every transition, every pair of them, the shortest way to each, or walks by chance')
      .choices(['edges', 'pairs', 'shortest', 'walk'])
      .default('edges'),
  )
  .addOption(
    new Option('--host <host>', 'where workers run')
      .choices(['process', 'thread', 'inline', 'simulated'])
      .default('process'),
  )
  .option('--seed <n>', 'where the chance of walks begins', countOf('a number'))
  .option('--length <n>', 'the most steps of a path', countOf('a number of steps, at least 1', 1))
  .option('--limit <n>', 'the most paths', countOf('a number of paths, at least 1', 1))
  .option('--shard <i/n>', 'a part of the paths, such as 1/3')
  .option('--only <n>', 'only the path of that number', countOf('the number of a path, at least 1', 1))
  .option('--size <n>', 'workers of the pool, for supervisor', countOf('a number of workers, at least 1', 1, 4))
  .option('--list', 'print the paths, and walk none', false)
  .option('--all', 'everything, on processes and on threads: the long job', false)
  .action(async (kind, flags) => (await import('./paths.ts')).paths(kind, flags));

endOnBrokenOutput();
let isDone = false;
// Nothing is left to wait for, and still it has not come to an end: Node would leave without a word.
process.on('beforeExit', () => {
  if (isDone) return;
  isDone = true;
  const imports = 'a module never comes to the end of its import (it awaits what does not happen, or exports a "then")';
  complain(`it waits for what can never happen: ${imports}, or a task of the host inline never ends`);
});
try {
  await program.parseAsync(withPort(process.argv));
} catch (error) {
  // The help that was asked for is no mistake; the help for want of a command is.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : BAD_INPUT;
  else failWith(error);
}
isDone = true;

/** The command line with a port behind each `--inspect`, so that what comes next is not taken for one unless it is a number. */
function withPort(args: readonly string[]): string[] {
  return args.map((arg, i) => (arg === '--inspect' && !/^\d+$/.test(args[i + 1] ?? '') ? '--inspect=0' : arg));
}

function addPoolFlags(command: Command): Command {
  return addLookFlags(command)
    .option(
      '--size <n>',
      'how many workers (default: one a processor)',
      countOf('a number of workers, at least 1', 1, 4096),
    )
    .addOption(
      new Option('--host <host>', 'where workers run').choices(['process', 'thread', 'inline']).default('process'),
    );
}

function addLookFlags(command: Command): Command {
  return command
    .option(
      '--inspect [port]',
      'show the pool in a browser: prints the address (default port: any that is free)',
      countOf('a port', 0, 65_535),
    )
    .option('--inspect-wait', 'the same, and begin when somebody looks', false)
    .option('--watch', 'draw workers, queue and rates in the terminal', false);
}

function countOf(what: string, least = 0, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be ${what}, a whole number.`);
  };
}

function versionOf(): string {
  // Two folders up from dist/bin, one from bin.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version;
    } catch {}
  }
  return 'unknown';
}
