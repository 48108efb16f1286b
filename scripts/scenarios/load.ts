import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../actors/index.ts';
import { importModule } from '../../actors/tooling.ts';
import { scenarios } from './index.ts';
import { checkScenario, type Scenario } from './scenario.ts';

/**
 * Loads a shipped scenario by its name, or the default export of a user's module, JavaScript or TypeScript.
 *
 * @throws {UsageError} when no scenario has that name, or the module is missing, throws on import or has no scenario
 */
export async function loadScenario(name: string): Promise<Scenario> {
  const shipped = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
  if (shipped !== undefined) return (await shipped()).default;
  if (!statSync(name, { throwIfNoEntry: false })?.isFile()) {
    const names = Object.keys(scenarios).join(', ');
    throw new UsageError(`there is no scenario ${name}, nor a file of that name: the scenarios are ${names}`);
  }
  const module = await importModule(pathToFileURL(resolve(name)).href);
  const scenario = (module.default as { default?: unknown } | undefined)?.default ?? module.default;
  checkScenario(scenario, name);
  return scenario;
}
