import type { Command } from 'commander';
import { engineOf, portfolioOf, scalesOf } from './engine-flag.ts';
import { countOf } from './pool-flags.ts';

/** Adds the flags of `prove` beside those of its pool. */
export function addProveFlags(command: Command): Command {
  return command
    .option('--timeout <ms>', 'time limit of the solver for a goal', countOf('a number of ms'))
    .option(
      '--deadline <ms>',
      'wall-clock time limit for a goal; after it the worker is killed',
      countOf('a number of ms'),
    )
    .option(
      '--rlimit <n>',
      "limit of the solver's resource units for a goal: reproducible, unlike time",
      countOf('a number of units'),
    )
    .option(
      '--engine <name>',
      "the solver: z3-wasm, z3, cvc5, or 'NAME=command args' for any solver that reads SMT-LIB from its standard input",
      engineOf,
      'z3-wasm',
    )
    .option('--clean', 'give each goal a context of its own: each run gives the same rlimit', false)
    .option(
      '--incremental',
      "keep the solver's state between the goals of a file, as the file's own solver would (the default)",
      false,
    )
    .option('--fresh', 'start a new worker for every goal', false)
    .option(
      '--portfolio <engines>',
      'ask several engines at once, such as z3,cvc5 or z3,seeds=3: the first sat or unsat counts',
      portfolioOf,
    )
    .option(
      '--escalate <factors>',
      'try an unknown goal again with larger limits and another seed, such as 1x,4x,16x (with --rlimit or --timeout)',
      scalesOf,
    )
    .option(
      '--flaky <n>',
      'prove each goal n times, in other orders and with other seeds, and list the unstable ones',
      countOf('a number of runs, at least 2', 2, 1000),
    )
    .option(
      '--hints',
      'remember which assertions were enough for a proof, and try these first when the goal has changed',
      false,
    )
    .option('--watch', 'prove again what changes, until the command is interrupted', false)
    .option('--unordered', 'print each result at once, not in the order of the files', false)
    .option('--all', 'also list the proved goals', false)
    .option('--json', 'print a JSON line for each goal, and one for the summary', false)
    .option('--junit <file>', "write a report in JUnit's form")
    .option('--sarif <file>', 'write a report in SARIF 2.1.0: what is not as its file expects');
}
