/** Keeps pools under full load while workers are killed, stopped, cancelled and broken, and counts. Exit code 1: something does not hold. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { canLook } from './soak/machine.ts';
import { type SoakReport, soak } from './soak/soak.ts';

const BAD_USAGE = 2;
const MINUTE = 60_000;
/** More than half a day, and more workers, are not what it is for. */
const MOST_MINUTES = 720;
const MOST_WORKERS = 64;

const program = new Command('soak')
  .description(
    'Keeps pools under full load while workers are killed, stopped, cancelled and broken at random, and counts.',
  )
  .option('--minutes <n>', 'how long', minutes, 1)
  .option(
    '--seed <n>',
    'where chance begins (by default the clock says): the same choices, though not the same moments',
    seed,
  )
  .option('--size <n>', 'how many workers', workers, 4)
  .addOption(new Option('--host <host>', 'where workers run').choices(['process', 'thread']).default('process'))
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

const flags = program.parse().opts<{ minutes: number; seed?: number; size: number; host: 'process' | 'thread' }>();
if (!canLook) program.error('it looks at processes in /proc, which this system does not have: it runs on Linux');

// Nobody reads the warnings of a thousand pools: they are counted.
process.removeAllListeners('warning');
const chosen = flags.seed ?? Date.now() % 1_000_000;
note(`soak: seed ${chosen}, ${flags.size} workers on the host ${flags.host}, ${flags.minutes} min`);
const report = await soak({
  host: flags.host,
  size: flags.size,
  seed: chosen,
  time: flags.minutes * MINUTE,
  tell: note,
});
print(report);
// A pool that hangs would keep the program.
process.exit(report.ok ? 0 : 1);

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= MOST_MINUTES) return value;
  throw new InvalidArgumentError(`It must be a number of minutes above 0, ${MOST_MINUTES} at most.`);
}

function seed(text: string): number {
  return count(text, 0, 2 ** 31 - 1);
}

function workers(text: string): number {
  return count(text, 1, MOST_WORKERS);
}

function count(text: string, least: number, most: number): number {
  if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
}

/** The table for people, and the line for programs. */
function print(report: SoakReport): void {
  const { heap, files } = report;
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
  const listed = (counts: Readonly<Record<string, number>>) => {
    const sorted = Object.entries(counts).sort(([, left], [, right]) => right - left);
    return sorted.map(([name, number]) => `${name} ${number}`).join(', ') || 'none';
  };
  const rows: readonly (readonly [string, string])[] = [
    ['seed', `${report.seed}`],
    ['workers', `${report.size} on the host ${report.host}, ${report.rounds} pools in ${report.seconds} s`],
    ['tasks', `${report.accepted} accepted, ${report.settled} settled; the slowest took ${report.oldestTask} ms`],
    ['settled twice', `${report.doubles}`],
    ['hung', `${report.hung}`],
    ['settled wrongly', `${report.wrong}`],
    ['faults', `${report.faults}: ${listed(report.faultsByName)}`],
    ['ends', listed(report.ends)],
    ['lost workers', `of honest tasks: ${listed(report.bereaved)}`],
    [
      'live workers',
      `${report.mostWorkers} at most, above the size in ${report.samplesAboveSize} of ${report.samples} samples`,
    ],
    ['orphans', `${report.orphans}`],
    ['open files', `${files.start} at the start, ${files.end} at the end, ${files.most} at most`],
    ['heap', `${megabytes(heap.start)} warm, ${megabytes(heap.end)} at the end: ${(heap.growth * 100).toFixed(1)} %`],
    ['verdict', report.ok ? 'everything holds' : 'something does not hold'],
  ];
  for (const [name, text] of rows) note(`${name.padEnd(16)}${text}`);
  for (const violation of report.violations) note(`  ${violation}`);
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
