/**
 * Bundles the package. The pool and the machines become one file, dist/chunks/core.js; the modules behind the other
 * entries become a few shared files beside it. So a program that imports the package reads two files instead of a
 * hundred and twenty, and each module exists once, whichever entries the program imports. The files that tsc wrote for
 * the other modules stay in dist for the tests, and are not published.
 */
import fs, { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

/** The entries whose modules are all in the core. */
const faces = ['actors/index', 'actors/inspection', 'actors/tooling'];

/** The other modules that a program, a worker or the command line imports by the address of their file. */
const entries = [
  'bin/statepool',
  'fleet/index',
  ...readdirSync('compat').flatMap((layer) => entriesOf(join('compat', layer))),
  'compat/register',
  'inspect/index',
  'kinds/*',
  'machines/index',
  'scripts/scenarios/*',
  'scripts/scenarios/kinds/*',
  'testing/exploring/*-kind',
  'testing/exploring/ledger',
  'testing/index',
  'testing/run/scripted-worker',
  'tokens/index',
];

const dist = resolve('dist');
const machines = readdirSync('machines', { recursive: true })
  .map((name) => join('machines', name))
  .filter((name) => name.endsWith('.ts') && name !== join('machines', 'index.ts'));

/** Stands for the way from a bundled file to dist, until the file has its place. */
const TO_DIST = '<dist>/';
const CORE = `${TO_DIST}chunks/core.js`;

const common = {
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: 'inline',
  sourcesContent: false,
  write: false,
  packages: 'external',
  define: { 'import.meta.url': 'urlOfModule' },
  logLevel: 'warning',
};
/** Node reads and scans the text at each start. Names and line breaks stay, for stack traces. */
const short = {
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  target: 'node20',
  sourcemap: 'external',
  sourcesContent: false,
};
const addresses = { name: 'addresses', setup: keepAddresses };
const xstate = { name: 'xstate', setup: requireXState };
const small = { name: 'small', setup: takeIn };

const lists = await Promise.all(faces.map((face) => exportsOf(`${face}.ts`)));

rmSync('dist/chunks', { recursive: true, force: true });
const bundles = await Promise.all([
  build({
    ...common,
    stdin: { contents: allOf([...faces.map((face) => `${face}.ts`), ...machines]), resolveDir: '.' },
    outdir: undefined,
    outfile: 'dist/chunks/core.js',
    plugins: [addresses, xstate, small],
  }),
  build({
    ...common,
    entryPoints: entries.map((entry) => `${entry}.ts`),
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [{ name: 'core', setup: shareCore }, addresses, xstate, small],
  }),
  // CommonJS: Node starts it sooner than a module, and a thread reads it at once.
  build({
    ...common,
    entryPoints: ['actors/serve/entry.ts'],
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    plugins: [small],
  }),
]);
for (const { path, text } of bundles.flatMap(({ outputFiles }) => outputFiles)) {
  mkdirSync(dirname(path), { recursive: true });
  const placed = text.replaceAll(TO_DIST, `${slashed(relative(dirname(path), dist)) || '.'}/`);
  const { code, map } = await transform(withBuiltins(placed), { ...short, sourcefile: basename(path) });
  writeFileSync(path, `${code}//# sourceMappingURL=${basename(path)}.map\n`);
  writeFileSync(`${path}.map`, map);
}

for (const [index, face] of faces.entries()) {
  writeFileSync(join(dist, `${face}.js`), `export { ${lists[index].join(', ')} } from '../chunks/core.js';\n`);
}

/** Returns the entries of a layer: the module that programs import, and its kind, which workers import. */
function entriesOf(layer) {
  return ['index', 'kind'].map((name) => join(layer, name)).filter((entry) => existsSync(`${entry}.ts`));
}

/** Returns the names that a module exports. */
async function exportsOf(path) {
  const { metafile } = await build({ ...common, entryPoints: [path], plugins: [addresses], metafile: true });
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports);
}

function allOf(paths) {
  return paths.map((path) => `export * from './${slashed(path)}';`).join('\n');
}

function slashed(path) {
  return path.replaceAll('\\', '/');
}

/**
 * Takes Node's own modules as they are. An import reads every property of such a module, and so loads those that the
 * module itself loads on first use. The functions of `node:fs` are read at each call: some programs replace them.
 */
function withBuiltins(text) {
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

/** Takes the pool and the machines from the core. */
function shareCore({ onResolve }) {
  const inCore = new Set([...faces.map((face) => resolve(`${face}.ts`)), ...machines.map((path) => resolve(path))]);
  onResolve({ filter: /^\./ }, ({ path, resolveDir }) =>
    inCore.has(resolve(resolveDir, path)) ? { path: CORE, external: true } : undefined,
  );
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
