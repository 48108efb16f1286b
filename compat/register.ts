/**
 * Lets a program that uses jest-worker, piscina, tinypool or workerpool run on statepool, where no package can be replaced:
 * `node --import statepool/compat/register program.js`, or `-r`, or NODE_OPTIONS. Workers are started with the same flags. The
 * variable STATEPOOL_COMPAT has the names of the packages to replace, with commas. The default is all of them.
 *
 * @module statepool/compat/register
 */
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const NAMES = ['jest-worker', 'piscina', 'tinypool', 'workerpool'];

const names = process.env.STATEPOOL_COMPAT?.split(',') ?? NAMES;
const unknown = names.find((name) => !NAMES.includes(name));
if (unknown !== undefined)
  throw new Error(`STATEPOOL_COMPAT has no layer for ${JSON.stringify(unknown)}: its names are ${NAMES.join(', ')}`);

/** The address of the layer of each package. */
const layers = Object.fromEntries(names.map((name) => [name, new URL(`./${name}/index.js`, import.meta.url).href]));

type Next = (specifier: string, context: unknown) => unknown;

const { registerHooks } = nodeModule as {
  readonly registerHooks?: (hooks: { resolve(specifier: string, context: unknown, next: Next): unknown }) => void;
};

if (registerHooks !== undefined) {
  registerHooks({
    resolve(specifier, context, next) {
      return next(layers[specifier] ?? specifier, context);
    },
  });
} else {
  // Node 20 has a hook for imports, which runs in a thread of its own, and none for `require`.
  const hook = `const layers = ${JSON.stringify(layers)};
    export const resolve = (specifier, context, next) => next(layers[specifier] ?? specifier, context);`;
  nodeModule.register(`data:text/javascript,${encodeURIComponent(hook)}`);
  const loader = nodeModule.Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string };
  const resolve = loader._resolveFilename;
  loader._resolveFilename = function (request, ...rest) {
    const layer = layers[request];
    return layer === undefined ? resolve.call(this, request, ...rest) : fileURLToPath(layer);
  };
}
