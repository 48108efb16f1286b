import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { addCheckCommand } from '../check/command.ts';
import { addBrokerFlags } from '../flags/broker-flags.ts';
import { addMemoryFlags } from '../flags/memory-flags.ts';
import { addPoolFlags, addViewFlags, countOf } from '../flags/pool-flags.ts';
import { addProveFlags } from '../flags/prove-flags.ts';
import { endOnBrokenOutput } from '../terminal/broken-output.ts';
import { BAD_INPUT } from '../terminal/exit-codes.ts';
import { note } from '../terminal/terminal.ts';

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

addMemoryFlags(
  addProveFlags(
    addPoolFlags(
      program
        .command('prove')
        .description(
          'Proves the goals of SMT-LIB 2 files: unsat means proved, sat means disproved, with a counterexample.',
        )
        .argument('<file...>', '.smt2 or .smt2.gz files, folders with such files, or - for standard input'),
      '--draw',
    ),
  ),
  'goal',
).action(async (files, flags, command) => {
  const isHostChosen = command.getOptionValueSource('host') === 'cli';
  await (await import('../prove/prove.ts')).prove(files, { ...flags, isHostChosen, version: versionOf() });
});

program
  .command('cache')
  .description('Prints the numbers of the proofs that prove remembers, or removes them.')
  .argument('<action>', 'stats or clear')
  .option('--cache <folder>', 'the folder of the proofs (default: .statepool/proofs)')
  .action(async (action, flags) => (await import('../prove/memory/command.ts')).cache(action, flags));

addMemoryFlags(program.command('rocq'), 'proof')
  .description("Checks Rocq files on warm engines (coqidetop): each proof apart, with coqc's verdicts and places.")
  .argument('[file...]', '.v files, or folders with .v files or a _CoqProject')
  .option(
    '-j, --size <n>',
    'number of workers (default: one for each processor)',
    countOf('a number of workers, at least 1', 1, 4096),
  )
  .addOption(
    new Option('--host <host>', 'where workers run, beside their engines')
      .choices(['process', 'thread', 'inline'])
      .default('inline'),
  )
  .option('--coq <path>', 'the engine (default: coqidetop on PATH)')
  .option('--project <file>', 'a _CoqProject with load paths, and with files if none are named')
  .option('--engine-flag <flag>', 'a flag of the engine, or its value; -R, -Q and -I may stand alone', collect, [])
  .option('--first', 'stop at the first error of a file, as coqc does', false)
  .option('--certify', 'also compile each right file by a plain coqc: it has the last word', false)
  .option(
    '--timeout-proof <s>',
    'time limit for a proof in seconds; after it the engine is killed',
    countOf('a number of seconds, at least 1', 1),
  )
  .option(
    '--max-rss <MB>',
    'memory of an engine in MB above which it is replaced after its proof',
    countOf('a number of MB, at least 1', 1),
  )
  .option('--query <text>', "ask the engine, such as 'Search nat.', at the end of the file, and check nothing")
  .option('--at <place>', 'ask in the state before this proof or line')
  .option('--watch', 'check again what changes, until the command is interrupted', false)
  .option('--lsp', 'serve an editor on stdin and stdout by the Language Server Protocol; names no file', false)
  .option('--quiet', 'list only errors', false)
  .option('--json', 'print a JSON line for each proof, error and file, and one for the summary', false)
  .option('--junit <file>', "write a report in JUnit's form")
  .option(
    '--inspect [port]',
    'show the pool in a browser, and print the address (default port: any free port)',
    countOf('a port', 0, 65_535),
  )
  .option('--inspect-wait', 'the same, but start the work when a viewer opens the address', false)
  .action(async (files, flags) => (await import('../rocq/rocq.ts')).rocq(files, flags));

addCheckCommand(program);

addBrokerFlags(
  addPoolFlags(
    program
      .command('run')
      .description(
        'Runs tasks of a kind: reads one task from each JSON line, and prints one JSON line (result or error) for each task, in order. With --broker, the nodes of a fleet run them.',
      )
      .argument(
        '<kind>',
        'the path of a module whose default export is a kind, or the name of a shipped kind: proof, tactic, query, call, rocq, typescript',
      ),
  ),
)
  .option('--tasks <file>', 'the file with the tasks; - reads standard input', '-')
  .option('--journal <file>', 'write each accepted task and its outcome to this file')
  .option('--resume', 'go on with the journal, or with the fleet: do not run the settled tasks again', false)
  .option('--strict', 'with --broker: refuse nodes whose kind has another version', false)
  .action(async (kind, flags) => (await import('../run.ts')).run(kind, flags));

addBrokerFlags(
  addPoolFlags(
    program
      .command('serve')
      .description(
        'Makes this process a node of a fleet: it runs the tasks of a kind that programs submit at a broker.',
      )
      .argument('<kind>', 'the path of a module whose default export is a kind, or the name of a shipped kind'),
  ),
)
  .option('--name <name>', "the name of the node, as it is shown (default: the host's name and the process id)")
  .option(
    '--ahead <n>',
    'tasks that the node takes beyond those that its workers perform together (default: 0)',
    countOf('a number of tasks'),
  )
  .option('--redeliver <n>', 'how often a task is begun again after its node died (default: 3)', countOf('a number'))
  .option(
    '--lease <ms>',
    'time without a sign of life after which a node is dead (default: 3000)',
    countOf('a number of ms', 100),
  )
  .option('--strict', 'refuse to start beside nodes whose kind has another version', false)
  .option('--grace <ms>', 'time for the tasks under way after SIGTERM', countOf('a number of ms'), 25_000)
  .action(async (kind, flags) => (await import('../fleet/serve.ts')).serve(kind, flags));

addBrokerFlags(
  program
    .command('status')
    .description('Prints the tasks and the nodes of a kind, or of all kinds that have nodes.')
    .argument('[kind]', 'the path of a module whose default export is a kind, or the name of a kind'),
)
  .option('--watch', 'print again each second', false)
  .option('--json', 'print a line of JSON for each kind', false)
  .option(
    '--inspect [port]',
    'show the nodes of one kind in a browser, and print the address (default port: any free port)',
    countOf('a port', 0, 65_535),
  )
  .action(async (kind, flags) => (await import('../fleet/status.ts')).status(kind, flags));

addViewFlags(
  program
    .command('scenario')
    .description('Runs a scenario on real workers, and reports what happens and whether each check holds.')
    .argument(
      '[name]',
      'the name of a scenario, or the path of a module whose default export is a scenario; without a name, the scenarios are listed',
    )
    .option('--list', 'list the scenarios', false)
    .addOption(new Option('--host <host>', 'where workers run').choices(['process', 'thread']))
    .option('--size <n>', 'number of workers', countOf('a number of workers, at least 1', 1, 4096)),
).action(async (name, flags) => (await import('../scenario.ts')).scenario(name, flags));

program
  .command('workmgr')
  .description(
    "Runs a work manager, which speaks the protocol of Rocq's: programs that find it by the printed variables share its job slots.",
  )
  .requiredOption('-j, --jobs <n>', 'number of job slots', countOf('a number of job slots, at least 1', 1))
  .action(async (flags) => (await import('../workmgr.ts')).workmgr(flags));

program
  .command('init')
  .description('Writes a first kind, and a program with a pool of it, into a folder. Overwrites nothing.')
  .argument('[folder]', 'the folder, which is made if it does not exist', '.')
  .addOption(new Option('--js', 'write JavaScript (default, unless the folder has a tsconfig.json)').conflicts(['ts']))
  .option('--ts', 'write TypeScript')
  .action(async (folder, flags) => (await import('../init/init.ts')).init(folder, flags));

program
  .command('chart')
  .description('Prints the statechart of the worker, of the supervisor or of a kind.')
  .argument(
    '<machine>',
    'worker, supervisor, the path of a module whose default export is a kind, or the name of a shipped kind: proof, tactic, query, call, rocq, typescript',
  )
  .addOption(new Option('--mermaid', 'print the text of a Mermaid diagram (default)').conflicts(['svg', 'json']))
  .addOption(new Option('--svg', 'print a picture').conflicts(['json']))
  .option('--json', "print the configuration for XState's createMachine and Stately's editor")
  .action(async (name, flags) => (await import('../chart.ts')).chart(name, flags));

program
  .command('paths')
  .description(
    'Walks the paths of the statechart of a kind, of the worker or of a whole pool, on real workers whose perform follows a script.',
  )
  .argument(
    '[kind]',
    'the path of a module, a shipped kind, worker or supervisor (default: all shipped kinds, worker and supervisor)',
  )
  .option('--kind <kind>', 'the same as the argument')
  .addOption(
    new Option(
      '--mode <mode>',
      'every transition, every pair of transitions, the shortest way to each transition, or random walks',
    )
      .choices(['edges', 'pairs', 'shortest', 'walk'])
      .default('edges'),
  )
  .addOption(
    new Option('--host <host>', 'where workers run')
      .choices(['process', 'thread', 'inline', 'simulated'])
      .default('process'),
  )
  .option('--seed <n>', 'the seed of random walks', countOf('a number'))
  .option('--length <n>', 'the most steps of a path', countOf('a number of steps, at least 1', 1))
  .option('--limit <n>', 'the most paths', countOf('a number of paths, at least 1', 1))
  .option('--shard <i/n>', 'a part of the paths, such as 1/3')
  .option('--only <n>', 'walk only the path with this number', countOf('the number of a path, at least 1', 1))
  .option('--size <n>', 'number of workers (only for supervisor)', countOf('a number of workers, at least 1', 1, 4))
  .option('--list', 'print the paths, but walk none', false)
  .option('--all', 'walk everything, on processes and on threads: the long job', false)
  .action(async (kind, flags) => (await import('../paths.ts')).paths(kind, flags));

// Each command loads its own code, and the pool with it: the help and a wrong flag are shown without it.
endOnBrokenOutput();
let isDone = false;
// Node exits here without a message: the event loop is empty, but the command has not finished.
process.on('beforeExit', async () => {
  if (isDone) return;
  isDone = true;
  const imports = 'the import of a module never ends (it awaits something that never happens, or exports a "then")';
  const { complain } = await import('../terminal/exit.ts');
  complain(`the command waits for something that never happens: ${imports}, or a task on the host inline never ends`);
});
try {
  await program.parseAsync(withLoadPaths(withPort(process.argv)));
} catch (error) {
  // A help text that the user asked for is no error; the help for a missing command is one.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : BAD_INPUT;
  else (await import('../terminal/exit.ts')).failWith(error);
}
isDone = true;

/**
 * Returns the command line with a port after each `--inspect`. Without it, commander would take the next argument for
 * the port even if it is not a number.
 */
function withPort(args: readonly string[]): string[] {
  return args.map((arg, i) => (arg === '--inspect' && !/^\d+$/.test(args[i + 1] ?? '') ? '--inspect=0' : arg));
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** Returns the command line of `rocq` with each word of `-R DIR NAME`, `-Q DIR NAME` and `-I DIR` as a flag of the engine. */
function withLoadPaths(args: readonly string[]): string[] {
  if (args[2] !== 'rocq') return [...args];
  let left = 0;
  return args.map((arg) => {
    if (left === 0) left = arg === '-R' || arg === '-Q' ? 3 : arg === '-I' ? 2 : 0;
    if (left === 0) return arg;
    left--;
    return `--engine-flag=${arg}`;
  });
}

function versionOf(): string {
  // The bundled file is two folders up from the package's, as the source is.
  for (const path of ['../../package.json', '../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version;
    } catch {}
  }
  return 'unknown';
}
