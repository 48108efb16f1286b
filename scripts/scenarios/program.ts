import { realpathSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { complain, endOnBrokenOutput, onInterrupt, SOME_FAILED } from '../../bin/terminal/exit.ts';
import { runScenario, type Scenario, type ScenarioOptions } from './scenario.ts';

/** How long a program whose scenario broke off may take to end by itself. In ms. */
const GRACE = 1000;

/** Runs a scenario as a program does: sets the exit code (0 it held, 1 it did not, 2 wrong flags), ends its workers on an interrupt. */
export async function playScenario(scenario: Scenario, options: ScenarioOptions = {}): Promise<void> {
  const interrupt = new AbortController();
  const stopListening = onInterrupt(async () => interrupt.abort());
  try {
    const outcome = await runScenario(scenario, { ...options, signal: interrupt.signal });
    if (outcome === 'held') return;
    if (outcome === 'failed') process.exitCode = SOME_FAILED;
    // What a scenario that broke off has left behind shall not keep the program; one that held must end by itself.
    setTimeout(() => process.exit(), GRACE).unref();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'USAGE') throw error;
    complain(error);
  } finally {
    stopListening();
  }
}

/** Runs a scenario where its module is the program that was started; nothing where it was imported. */
export async function runIfMain(url: string, scenario: Scenario): Promise<void> {
  const [, program, ...rest] = process.argv;
  const file = fileURLToPath(url);
  // As node and tsx are told it: through links, and without its ending.
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
