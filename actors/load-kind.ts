import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type AnyKind, checkKind } from './any-kind.ts';
import { UsageError } from './errors.ts';

/** Set while a worker imports its kind's module: a pool created meanwhile would start workers without end. */
const IMPORTING = Symbol.for('statepool.importing');

/** Whether this process or thread is a worker that imports its kind's module just now. */
export function isImportingKind(): boolean {
  return (globalThis as Record<symbol, unknown>)[IMPORTING] === true;
}

/**
 * Imports a module and answers its default export, checked to be a kind. In the worker, and in the command line.
 *
 * @throws {UsageError} when the module is missing, throws on import, or its default export is not a kind
 */
export async function loadKind(url: string): Promise<AnyKind> {
  const module = await importModule(url);
  const from = nameOf(url);
  if (!('default' in module)) {
    const names = Object.keys(module).join(', ') || 'nothing';
    throw new UsageError(`${from} has no default export (it exports ${names}): write export default kind`);
  }
  checkKind(module.default, from);
  return module.default;
}

/** Imports with pools forbidden: for the worker's entry. */
export async function loadKindInWorker(url: string): Promise<AnyKind> {
  const flags = globalThis as Record<symbol, unknown>;
  flags[IMPORTING] = true;
  try {
    return await loadKind(url);
  } finally {
    flags[IMPORTING] = false;
  }
}

async function importModule(url: string): Promise<Record<string, unknown>> {
  try {
    return await import(url);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?tsx?$/.test(url)) return importTypeScript(url);
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' && String((error as Error).message).includes(`'${pathOf(url)}'`);
    if (isMissing) throw new UsageError(`there is no module ${nameOf(url)}`);
    const thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw Object.assign(new UsageError(`${nameOf(url)} throws on import: ${thrown}`), { cause: error });
  }
}

/** Node before 22.18 does not run TypeScript; tsx does, where the user or we have it. */
async function importTypeScript(url: string): Promise<Record<string, unknown>> {
  for (const from of [url, import.meta.url]) {
    let api: string;
    try {
      api = createRequire(from).resolve('tsx/esm/api');
    } catch {
      continue;
    }
    const { register } = await import(pathToFileURL(api).href);
    register();
    return import(url).catch((error) => {
      throw Object.assign(
        new UsageError(`${nameOf(url)} throws on import: ${(error as Error)?.message ?? String(error)}`),
        {
          cause: error,
        },
      );
    });
  }
  throw new UsageError(`${nameOf(url)} is TypeScript: install tsx, or run on Node 22.18 or later`);
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}

function nameOf(url: string): string {
  const path = pathOf(url);
  const cwd = `${process.cwd()}/`;
  return path.startsWith(cwd) ? path.slice(cwd.length) : path;
}
