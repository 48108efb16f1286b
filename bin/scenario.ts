import { scenarios } from '../scripts/scenarios/index.ts';
import { loadScenario } from '../scripts/scenarios/load.ts';
import { playScenario } from '../scripts/scenarios/program.ts';
import type { Scenario } from '../scripts/scenarios/scenario.ts';
import { showPool, type ViewFlags } from './flags/view-flags.ts';
import { complain } from './terminal/exit.ts';
import { print } from './terminal/terminal.ts';

/** The flags of `statepool scenario`. */
export interface ScenarioFlags extends ViewFlags {
  readonly list: boolean;
  readonly host?: 'process' | 'thread';
  readonly size?: number;
}

/**
 * Runs a scenario, or lists the scenarios. Sets the exit code: 0 if its checks hold, 1 if one does not, 2 for bad
 * input.
 */
export async function scenario(name: string | undefined, flags: ScenarioFlags): Promise<void> {
  if (name === undefined || flags.list) return list();
  let loaded: Scenario;
  try {
    loaded = await loadScenario(name);
  } catch (error) {
    return complain(error);
  }
  let port = flags.inspect;
  let stopShowing = () => {};
  await playScenario(loaded, {
    ...flags,
    async onPool(pool) {
      const own = { ...flags, ...(port === undefined ? {} : { inspect: port }) };
      // A scenario may have several pools, and a port serves only one.
      if (port !== undefined) port = 0;
      stopShowing = await showPool(pool, own);
    },
    onEnd: () => stopShowing(),
  });
}

async function list(): Promise<void> {
  const width = Math.max(...Object.keys(scenarios).map((name) => name.length));
  for (const load of Object.values(scenarios)) {
    const { name, title } = (await load()).default;
    print(`${name.padEnd(width)}  ${title}\n`);
  }
}
