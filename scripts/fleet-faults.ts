/**
 * Kills, stops and cuts off the parts of a fleet while it works, over a real engine, and prints what each fault did. Exit
 * code 1: a promise of the fleet was broken.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { noPostgres, startPostgres } from '../tests/support/engines/postgres.ts';
import { noRedis, startRedis } from '../tests/support/engines/redis.ts';
import { holes } from './fleet/faults/holes.ts';
import { kills } from './fleet/faults/kills.ts';
import { returning } from './fleet/faults/returning.ts';
import { returns } from './fleet/faults/returns.ts';
import { stops } from './fleet/faults/stops.ts';
import type { Finding, TrialCase } from './fleet/faults/trial.ts';
import { Ground } from './fleet/ground.ts';

const BAD_USAGE = 2;

const cases: readonly TrialCase[] = [kills, stops, holes, returns, returning];

const {
  engine: name,
  rounds,
  only,
  stop,
} = new Command('fleet:faults')
  .description('Kills, stops and cuts off the parts of a fleet while it works, and prints what each fault did.')
  .addOption(new Option('--engine <name>', 'the engine').choices(['redis', 'postgres']).default('redis'))
  .option('--rounds <n>', 'how often each case', countOf, 1)
  .addOption(new Option('--only <case>', 'one of the cases').choices(cases.map((each) => each.name)))
  .option('--stop <ms>', 'for how long a node is stopped', countOf, 60_000)
  .allowExcessArguments(false)
  .configureOutput({ outputError: (text, write) => write(`fleet:faults: ${text.replace(/^error: /, '').trim()}\n`) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : BAD_USAGE))
  .parse()
  .opts<{ engine: 'redis' | 'postgres'; rounds: number; only?: string; stop: number }>();

const missing = name === 'redis' ? noRedis : noPostgres;
if (missing !== undefined) {
  process.stderr.write(`fleet:faults: ${missing}\n`);
  process.exit(BAD_USAGE);
}
const engine = name === 'redis' ? await startRedis() : await startPostgres();
try {
  for (const each of cases) {
    if (only !== undefined && each.name !== only) continue;
    print(`\n${each.title} (${name})`);
    let kept = 0;
    for (let round = 1; round <= rounds; round++) if (await run(each, round)) kept++;
    print(`  ${kept} of ${rounds} rounds kept all promises`);
    if (kept < rounds) process.exitCode = 1;
  }
} finally {
  await engine.stop();
}

/** Runs a round of a case. Returns whether all promises were kept. */
async function run(each: TrialCase, round: number): Promise<boolean> {
  const ground = new Ground(engine);
  try {
    const findings = await each.run(ground, { stop });
    print(`  ${round}: ${findings.map(textOf).join('; ')}`);
    return findings.every(({ isKept }) => isKept);
  } finally {
    await ground.end();
  }
}

function textOf({ promise, isKept, figures }: Finding): string {
  return `${isKept ? '' : 'BROKEN '}${promise}: ${figures}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function countOf(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}
