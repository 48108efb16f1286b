import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { describe, isOf, wordsOf } from '../errors/error-codec.ts';
import { UsageError } from '../errors/errors.ts';
import { withRemedy } from '../errors/remedies.ts';
import { currentFolder } from '../platform/platform.ts';
import { hasPreloads } from '../platform/preloads.ts';
import { type AnyKind, checkKind } from './check-kind.ts';

/**
 * The name of a global that is true while a worker imports its kind's module. A pool created during that import would
 * start workers without end.
 */
const IMPORTING = Symbol.for('statepool.importing');

/** Returns whether this process or thread is a worker that is importing its kind's module. */
export function isImportingKind(): boolean {
  return (globalThis as Record<symbol, unknown>)[IMPORTING] === true;
}

/**
 * Imports a module and returns its default export, checked to be a kind. For the worker and the command line.
 *
 * @throws {UsageError} if the module is missing, throws on import, or its default export is not a kind
 */
export async function loadKind(url: string): Promise<AnyKind> {
  return kindIn(await importModule(url), url);
}

function kindIn(module: Record<string, unknown>, url: string): AnyKind {
  const from = nameOf(url);
  if (!('default' in module)) {
    const names = Object.keys(module).join(', ') || 'nothing';
    throw new UsageError(`${from} has no default export (it exports ${names}): write export default kind`);
  }
  const kind = unwrap(module.default);
  checkKind(kind, from);
  return kind;
}

/** Returns the default export itself: one that was compiled to CommonJS is wrapped in the module's exports. */
function unwrap(value: unknown): unknown {
  const exports = value as { __esModule?: unknown; default?: unknown } | null | undefined;
  try {
    return exports?.__esModule === true ? exports.default : value;
  } catch {
    // Reading this value throws. The check of its members reports that.
    return value;
  }
}

/**
 * Loads the kind of a worker while pools are forbidden. For the worker's entry. A thread does not require the module: Node
 * aborts the whole program if a thread is ended while it makes the exports of a required ECMAScript module.
 * @throws as `loadKind`
 */
export async function loadKindInWorker(url: string, isThread: boolean): Promise<AnyKind> {
  const flags = globalThis as Record<symbol, unknown>;
  flags[IMPORTING] = true;
  try {
    return kindIn((isThread ? undefined : requireModule(url)) ?? (await importModule(url)), url);
  } finally {
    flags[IMPORTING] = false;
  }
}

/**
 * Loads a module at once if Node can do so without its asynchronous loader: a process starts sooner. Returns `undefined`
 * if the module is no ECMAScript module, has a top-level `await`, or fails. `import` then loads it without running it
 * twice, and reports the error.
 */
function requireModule(url: string): Record<string, unknown> | undefined {
  const features = process.features as { require_module?: boolean };
  // Some loaders see imported modules only, not required ones.
  if (features.require_module !== true || !/^file:[^?#]*$/.test(url) || isTypeScript(url) || hasPreloads())
    return undefined;
  try {
    const module: unknown = process.getBuiltinModule('node:module').createRequire(url)(fileURLToPath(url));
    return types.isModuleNamespaceObject(module) ? (module as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Imports a user's module, JavaScript or TypeScript. @throws {UsageError} if it is missing or throws on import */
export async function importModule(url: string): Promise<Record<string, unknown>> {
  if (isTypeScript(url)) await enableTypeScript(url);
  try {
    return await import(url);
  } catch (error) {
    const code = isOf(error, Error) ? (error as { code?: unknown }).code : undefined;
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && isTypeScript(url)) {
      throw new UsageError(`${nameOf(url)} is TypeScript: install tsx, or run on Node 22.18 or later`);
    }
    if (code === 'ERR_UNSUPPORTED_DIR_IMPORT' && isFolder(url)) {
      throw new UsageError(`${nameOf(url)} is a folder: name the module in it`);
    }
    const words = wordsOf(error);
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' && words.includes(`'${pathOf(url)}'`);
    // Yarn's Plug'n'Play resolves modules itself, and has words of its own.
    const isUnknownToYarn = words.startsWith('Qualified path') && words.includes(`Source path: ${pathOf(url)}\n`);
    if (isMissing || isUnknownToYarn) throw new UsageError(`there is no module ${nameOf(url)}`);
    throw throwsOnImport(url, error);
  }
}

/** Returns whether the module itself is a folder. The error may also come from a folder that the module imports. */
function isFolder(url: string): boolean {
  const { statSync } = process.getBuiltinModule('node:fs');
  return statSync(pathOf(url), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Makes Node before 22.18 run TypeScript, with our tsx or the user's. */
async function enableTypeScript(url: string): Promise<void> {
  const isNative = Boolean((process.features as { typescript?: unknown }).typescript);
  // This comes before the first import, because Node remembers a module that it could not load.
  if (isNative || process.execArgv.some((flag) => flag.includes('tsx'))) return;
  // Both halves are needed: a .ts file is CommonJS unless its package.json says otherwise.
  for (const half of ['cjs', 'esm'] as const) (await loadTsx(url, half))?.register();
}

async function loadTsx(url: string, half: 'cjs' | 'esm'): Promise<{ register(): unknown } | undefined> {
  try {
    // A name that no bundler looks for: the package is optional.
    const name = `tsx/${half}/api`;
    return await import(name);
  } catch {
    try {
      // node:module is loaded for TypeScript kinds only: other workers start sooner without it.
      const { createRequire } = process.getBuiltinModule('node:module');
      const manifest = createRequire(url).resolve('tsx/package.json');
      return await import(new URL(`./dist/${half}/api/index.mjs`, pathToFileURL(manifest)).href);
    } catch {
      return undefined;
    }
  }
}

function throwsOnImport(url: string, error: unknown): UsageError {
  const thrown = withRemedy(isOf(error, Error) ? `${describe(error.name)}: ${wordsOf(error)}` : describe(error));
  return Object.assign(new UsageError(`${nameOf(url)} throws on import: ${thrown}`), { cause: error });
}

function isTypeScript(url: string): boolean {
  return /\.[cm]?tsx?$/.test(url);
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}

function nameOf(url: string): string {
  const path = pathOf(url);
  const folder = currentFolder();
  return folder !== undefined && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}
