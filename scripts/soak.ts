/**
 * Keeps pools under full load while it kills, stops, cancels and breaks workers, and counts. Exit code 1: a check
 * failed.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { HostName } from 'statepool';
import { type Group, groups } from './soak/chores.ts';
import { launch, skippedHere } from './soak/launch.ts';
import { groupSignals } from './soak/ledger.ts';
import { Limits } from './soak/limits.ts';
import { hasProc } from './soak/machine.ts';
import { note, print } from './soak/report.ts';
import { soak } from './soak/soak.ts';

const BAD_USAGE = 2;
const MINUTE = 60_000;
/** The longest soak, in minutes. Longer soaks and more workers are not supported. */
const MOST_MINUTES = 720;
const MOST_WORKERS = 64;
const MOST_LEAST_FAULTS = 1_000_000;
/** The reason why inline workers can never lack files or processes. */
const INLINE = 'nothing is started for a worker inline';

const allFaults: ReadonlySet<Group> = new Set(Object.keys(groups) as Group[]);

const program = new Command('soak')
  .description(
    'Keeps pools under full load while workers are killed, stopped, cancelled and broken at random, and counts.',
  )
  .option('--minutes <n>', 'how long, at least', minutes, 1)
  .option('--least-faults <n>', 'goes on until there were so many faults, too', leastFaults, 0)
  .option(
    '--seed <n>',
    'where chance begins (by default the clock says): the same pools and choices, though not the same moments',
    seed,
  )
  .option('--size <n>', 'how many workers', workers, 4)
  .addOption(
    new Option('--host <host>', 'where workers run').choices(['process', 'thread', 'inline']).default('process'),
  )
  .addOption(
    new Option('--faults <names>', 'of the faults below only these, with commas between, or none')
      .argParser(faults)
      .default(allFaults, 'all of them'),
  )
  .addHelpText('after', () => {
    const lines = Object.entries(groups).map(([name, what]) => `  ${name.padEnd(11)}${what}`);
    return `\nFaults, beside tasks that fail and workers that are killed, stopped and cancelled:\n${lines.join('\n')}`;
  })
  .allowExcessArguments(false)
  .configureOutput({
    outputError: (text, write) =>
      write(
        `soak: ${text
          .replace(/^error: /, '')
          .trim()
          .replaceAll(/\s+/g, ' ')}\n`,
      ),
  })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : BAD_USAGE));

interface Flags {
  readonly minutes: number;
  readonly leastFaults: number;
  readonly seed?: number;
  readonly size: number;
  readonly host: HostName;
  readonly faults: ReadonlySet<Group>;
}

const flags = program.parse().opts<Flags>();
if (!hasProc) program.error('it looks at processes in /proc, which this system does not have: it runs on Linux');

const { host, size } = flags;
const chosen = flags.seed ?? Date.now() % 1_000_000;
const time = flags.minutes * MINUTE;
const skipped = skippedHere();
if (skipped === undefined) {
  note(`soak: seed ${chosen}, ${size} workers on the host ${host}, ${flags.minutes} min`);
  await launch(process.argv[1] as string, { host, size, seed: chosen, time });
} else await run(skipped);

/** Runs the soak, in the child program. */
async function run(known: Readonly<Record<string, string>>): Promise<never> {
  // A thousand pools warn too often to read. The soak counts warnings instead.
  process.removeAllListeners('warning');
  for (const signal of groupSignals) process.on(signal, () => {});
  process.on('disconnect', () => process.exit(1));
  const without = host === 'inline' ? { files: INLINE, processes: INLINE, spares: INLINE } : known;
  const left = Object.entries(without).filter(([name]) => flags.faults.has(name as Group));
  const report = await soak({
    host,
    size,
    seed: chosen,
    time,
    leastFaults: flags.leastFaults,
    faults: new Set([...flags.faults].filter((name) => without[name as keyof typeof without] === undefined)),
    skipped: Object.fromEntries(left),
    limits: new Limits(),
    note,
  });
  print(report);
  // A hanging pool would keep the program alive.
  process.exit(report.ok ? 0 : 1);
}

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= MOST_MINUTES) return value;
  throw new InvalidArgumentError(`It must be a number of minutes above 0, ${MOST_MINUTES} at most.`);
}

function leastFaults(text: string): number {
  return count(text, 0, MOST_LEAST_FAULTS);
}

function seed(text: string): number {
  return count(text, 0, 2 ** 31 - 1);
}

function faults(text: string): ReadonlySet<Group> {
  const names = text === 'none' ? [] : text.split(',');
  for (const name of names) {
    if (!Object.hasOwn(groups, name))
      throw new InvalidArgumentError(`There is no fault ${name}; there are: ${[...allFaults].join(', ')}.`);
  }
  return new Set(names as Group[]);
}

function workers(text: string): number {
  return count(text, 1, MOST_WORKERS);
}

function count(text: string, least: number, most: number): number {
  if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
}
