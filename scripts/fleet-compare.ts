/**
 * Shows cases from the issues of BullMQ, and calls that BullMQ does not have, on a fleet and on plain BullMQ beside it, in
 * one run, as a table. Exit code 1: the fleet did not do what a case demands.
 */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { noPostgres, startPostgres } from '../tests/support/engines/postgres.ts';
import { noRedis, startRedis } from '../tests/support/engines/redis.ts';
import { issues } from './fleet/compare/issues.ts';
import { Plain } from './fleet/compare/plain.ts';
import { reach } from './fleet/compare/reach.ts';
import type { Deed, Pair, Row } from './fleet/compare/row.ts';
import { Ground } from './fleet/ground.ts';

const BAD_USAGE = 2;
const rows: readonly Row[] = [...issues, ...reach];

const { only, engine: fleetEngine } = new Command('fleet:compare')
  .description('Shows what a fleet and plain BullMQ do in cases from the issues of BullMQ.')
  .addOption(new Option('--only <case>', 'one of the cases').choices(rows.map(({ name }) => name)))
  .addOption(new Option('--engine <name>', 'the engine of the fleet').choices(['redis', 'postgres']).default('redis'))
  .allowExcessArguments(false)
  .configureOutput({ outputError: (text, write) => write(`fleet:compare: ${text.replace(/^error: /, '').trim()}\n`) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : BAD_USAGE))
  .parse()
  .opts<{ only?: string; engine: 'redis' | 'postgres' }>();

for (const missing of [noRedis, noPostgres]) {
  if (missing === undefined) continue;
  process.stderr.write(`fleet:compare: ${missing}\n`);
  process.exit(BAD_USAGE);
}

print('| case | plain BullMQ | fleet |');
print('| --- | --- | --- |');
for (const row of rows) {
  if (only !== undefined && row.name !== only) continue;
  const plain = await runOn(row.engine ?? 'redis', row.plain?.bind(row));
  const fleet = await runOn(row.engine ?? fleetEngine, row.fleet.bind(row));
  print(`| ${row.title} | ${textOf(plain)} | ${textOf(fleet)} |`);
  if (!fleet?.isGood) process.exitCode = 1;
}
// Connections of BullMQ that have lost their engine may stay open.
process.exit();

/** Runs one side of a case on an engine of its own. */
async function runOn(
  name: 'redis' | 'postgres',
  run: ((pair: Pair) => Promise<Deed>) | undefined,
): Promise<Deed | undefined> {
  if (run === undefined) return undefined;
  const engine = name === 'redis' ? await startRedis() : await startPostgres();
  const ground = new Ground(engine);
  let plain: Plain | undefined;
  const pair = {
    engine,
    ground,
    get plain() {
      plain ??= new Plain(engine, 'plain', join(ground.folder, 'plain'));
      return plain;
    },
  };
  try {
    return await run(pair);
  } finally {
    await plain?.end();
    await ground.end();
    await engine.stop();
  }
}

function textOf(deed: Deed | undefined): string {
  if (deed === undefined) return 'has no such thing';
  return `${deed.isGood ? 'yes' : 'NO'}: ${deed.text}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
