/** What esbuild does for this package with addresses, with Node's own modules and with other packages. */
import fs, { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slashed, TO_DIST } from './paths.js';

/**
 * Takes Node's own modules as they are. An import reads every property of such a module, and so loads those that the
 * module itself loads on first use. The functions of `node:fs` are read at each call: some programs replace them.
 */
export function withBuiltins(text) {
  const statement = /^import (?:\{([^}]*)\}|\* as (\w+)|(\w+)) from "(node:[\w/]+)";$/gm;
  return text.replaceAll(statement, (_, names, all, whole, module) => {
    if (module === 'node:fs' && names !== undefined) return names.split(',').map(fileFunction).join(' ');
    const target = names === undefined ? (all ?? whole) : `{${names.replaceAll(' as ', ': ')}}`;
    return `const ${target} = process.getBuiltinModule("${module}");`;
  });
}

/** Returns the declaration of a function of `node:fs`, or of another value of it. */
function fileFunction(imported) {
  const [name, local = name] = imported.trim().split(' as ');
  const value = `process.getBuiltinModule("node:fs").${name}`;
  return `const ${local} = ${typeof fs[name] === 'function' ? `(...given) => ${value}(...given)` : value};`;
}

/** Gives each module the address that it has as a file of its own, even when its text stands in a shared file. */
function keepAddresses({ onResolve, onLoad }) {
  onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) => {
    const text = readFileSync(path, 'utf8');
    if (!text.includes('import.meta.url')) return undefined;
    // At the end, so that the lines of the source maps are right. Imports are hoisted.
    return { contents: `${text}\nimport urlOfModule from 'address:${relative('.', path)}';\n`, loader: 'ts' };
  });
  onResolve({ filter: /^address:/ }, ({ path }) => ({ path: path.slice('address:'.length), namespace: 'address' }));
  onLoad({ filter: /.*/, namespace: 'address' }, ({ path }) => {
    const file = TO_DIST + slashed(path).replace(/\.ts$/, '.js');
    // A scripted worker reads its name from the address that it was imported with.
    const isOwn = path.endsWith('scripted-worker.ts');
    const address = isOwn ? 'url' : `new URL(${JSON.stringify(file)}, url).href`;
    return { contents: `const { url } = import.meta;\nexport default /* @__PURE__ */ (() => ${address})();` };
  });
}

/**
 * Takes small packages into the bundle: a program need not look for their files, and users install fewer packages.
 * nanoid loads `node:crypto` with its first id; cli-progress gets Node's modules without a `require`.
 */
function takeIn({ onResolve, onLoad }) {
  const taken = /^(nanoid(\/non-secure)?|leven|cli-progress)$/;
  const inside = /^(string-width|strip-ansi|ansi-regex|emoji-regex|is-fullwidth-code-point)$/;
  const pathOf = (name, importer) => createRequire(importer).resolve(name);
  onResolve({ filter: taken }, ({ path }) => ({ path: fileURLToPath(import.meta.resolve(path)) }));
  onResolve({ filter: inside }, ({ path, importer }) => ({ path: pathOf(path, importer) }));
  onResolve({ filter: /^(readline|events)$/ }, ({ path }) => ({ path, namespace: 'builtin' }));
  onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
    contents: `module.exports = process.getBuiltinModule('node:${path}');`,
  }));
  onResolve({ filter: /^node:crypto$/ }, ({ importer }) =>
    importer.includes('nanoid') ? { path: 'webcrypto', namespace: 'late' } : undefined,
  );
  onLoad({ filter: /.*/, namespace: 'late' }, () => ({
    contents: `export const webcrypto = {
      getRandomValues: (bytes) => process.getBuiltinModule('node:crypto').webcrypto.getRandomValues(bytes),
    };`,
  }));
}

/**
 * Requires xstate, which is CommonJS for Node. Importing it gives the same instance, but first reads its texts for their
 * exports: 5 ms and 5 MiB for a program that uses nothing else.
 */
function requireXState({ onResolve, onLoad }) {
  const names = ['createActor', 'createMachine', 'enqueueActions', 'sendParent', 'setup', 'transition'];
  onResolve({ filter: /^xstate$/ }, () => ({ path: 'xstate', namespace: 'xstate' }));
  onLoad({ filter: /.*/, namespace: 'xstate' }, () => ({
    contents: `import { createRequire } from 'node:module';
      const { url } = import.meta;
      let loaded;
      const load = () => (loaded ??= createRequire(url)('xstate'));
      // A program that opens too many files later can still make a pool.
      setImmediate(load).unref();
      ${names.map((name) => `export const ${name} = (...given) => load().${name}(...given);`).join('\n')}`,
  }));
}

export const addresses = { name: 'addresses', setup: keepAddresses };
export const small = { name: 'small', setup: takeIn };

/** The plugins of every bundle of this package, except the worker's entry. */
export const plugins = [addresses, { name: 'xstate', setup: requireXState }, small];
