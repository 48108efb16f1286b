import { type Command, Option } from 'commander';
import { countOf } from '../flags/pool-flags.ts';

/** Adds the command `check`. Its code is loaded when it runs. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('Checks the types of TypeScript projects on warm servers: the diagnostics of tsc -p PROJECT --noEmit.')
    .argument('[project...]', 'folders with a tsconfig.json, or such files (default: this folder)')
    .option(
      '-j, --size <n>',
      'number of workers (default: one for each project, at most one for each processor)',
      countOf('a number of workers, at least 1', 1, 4096),
    )
    .addOption(
      new Option('--host <host>', 'where workers run, beside their servers')
        .choices(['process', 'thread', 'inline'])
        .default('inline'),
    )
    .option('--watch', 'check again what changes, until the command is interrupted', false)
    .option(
      '--max-rss <MB>',
      'memory of a server in MB above which it is replaced after its check (default: 1500)',
      countOf('a number of MB, at least 1', 1),
    )
    .option('--json', 'print a JSON line for each diagnostic and project, and one for the summary', false)
    .option(
      '--inspect [port]',
      'show the pool in a browser, and print the address (default port: any free port)',
      countOf('a port', 0, 65_535),
    )
    .option('--inspect-wait', 'the same, but start the work when a viewer opens the address', false)
    .action(async (projects, flags) => (await import('./check.ts')).check(projects, flags));
}
