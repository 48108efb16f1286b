import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

/**
 * Loads a user's module by its path, in a worker: CommonJS by `require`, as other pools do, so that hooks of `require` see
 * it; ECMAScript modules by `import`.
 */
export async function loadModule(path: string): Promise<unknown> {
  if (!isModule(path)) {
    try {
      return require(path);
    } catch (error) {
      if (!isNoCommonJs(error)) throw error;
    }
  }
  return import(pathToFileURL(path).href);
}

/** Returns whether Node reads this file as an ECMAScript module. */
function isModule(path: string): boolean {
  const extension = extname(path);
  if (extension === '.mjs' || extension === '.mts') return true;
  if (extension === '.cjs' || extension === '.cts') return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).type === 'module';
    } catch {
      if (folder === dirname(folder)) return false;
    }
  }
}

function isNoCommonJs(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ERR_REQUIRE_ESM' || code === 'ERR_REQUIRE_ASYNC_MODULE' || error instanceof SyntaxError;
}
