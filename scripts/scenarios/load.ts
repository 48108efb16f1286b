import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../actors/index.ts';
import { scenarios } from './index.ts';
import { checkScenario, type Scenario } from './scenario.ts';

/**
 * A shipped scenario by its name, or the default export of a user's module, JavaScript or TypeScript.
 *
 * @throws {UsageError} when there is none of that name, or the module is missing, throws on import or has no scenario
 */
export async function loadScenario(name: string): Promise<Scenario> {
  const shipped = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
  if (shipped !== undefined) return (await shipped()).default;
  if (!statSync(name, { throwIfNoEntry: false })?.isFile()) {
    const names = Object.keys(scenarios).join(', ');
    throw new UsageError(`there is no scenario ${name}, nor a file of that name: the scenarios are ${names}`);
  }
  const module = await importFile(name);
  const scenario = (module.default as { default?: unknown } | undefined)?.default ?? module.default;
  checkScenario(scenario, name);
  return scenario;
}

async function importFile(path: string): Promise<{ default?: unknown }> {
  const isTypeScript = /\.[cm]?ts$/.test(path);
  if (isTypeScript) await enableTypeScript();
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && isTypeScript) {
      throw new UsageError(`${path} is TypeScript: install tsx, or run on Node 22.18 or later`);
    }
    const thrown = error instanceof Error ? `${name}: ${message.split('\n', 1)[0]}` : String(error);
    throw Object.assign(new UsageError(`${path} throws on import: ${thrown}`), { cause: error });
  }
}

/** Node before 22.18 does not run TypeScript; tsx does, where it is installed. */
async function enableTypeScript(): Promise<void> {
  const isNative = Boolean((process.features as { typescript?: unknown }).typescript);
  if (isNative || process.execArgv.some((flag) => flag.includes('tsx'))) return;
  try {
    // Both halves: a .ts file is CommonJS where its package.json does not say otherwise.
    for (const half of [await import('tsx/cjs/api'), await import('tsx/esm/api')]) half.register();
  } catch {
    // The import that follows says what is missing.
  }
}
