import { realpathSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endOnBrokenOutput } from '../../bin/terminal/broken-output.ts';
import { complain } from '../../bin/terminal/exit.ts';
import { SOME_FAILED } from '../../bin/terminal/exit-codes.ts';
import { onInterrupt } from '../../bin/terminal/interrupt.ts';
import { runScenario, type Scenario, type ScenarioOptions } from './scenario.ts';

/** The longest time that a failed scenario's program may take to end by itself, in ms. */
const GRACE = 1000;

/**
 * Runs a scenario as a program: sets the exit code (0 passed, 1 failed, 2 wrong flags), and ends its workers on an
 * interrupt.
 */
export async function playScenario(scenario: Scenario, options: ScenarioOptions = {}): Promise<void> {
  const interrupt = new AbortController();
  const stopListening = onInterrupt(async () => interrupt.abort());
  try {
    const outcome = await runScenario(scenario, { ...options, signal: interrupt.signal });
    if (outcome === 'held') return;
    if (outcome === 'failed') process.exitCode = SOME_FAILED;
    // A failed scenario may leave work behind that keeps the program alive. A scenario that passed must end by itself.
    setTimeout(() => process.exit(), GRACE).unref();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'USAGE') throw error;
    complain(error);
  } finally {
    stopListening();
  }
}

/** Runs a scenario if its module is the started program; does nothing if the module was imported. */
export async function runIfMain(url: string, scenario: Scenario): Promise<void> {
  const [, program, ...rest] = process.argv;
  const file = fileURLToPath(url);
  // The path as node and tsx resolve it: through links, and without its extension.
  if (program === undefined || ![program, program + extname(file)].some((path) => realPath(path) === file)) return;
  if (rest.length > 0) return complain(`${rest.join(' ')}: flags are for statepool scenario ${scenario.name}`);
  endOnBrokenOutput();
  await playScenario(scenario);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
