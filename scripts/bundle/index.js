/**
 * Bundles the package. The pool and the machines become three files: dist/chunks/core.js has what starts the first
 * workers, late.cjs what every pool needs, rare.cjs what few pools need. A pool reads the second one while its first
 * worker starts, and the third one when it is used. The modules behind the other entries become a few shared files beside
 * them. So a program that imports the package reads two files instead of a hundred and twenty, and each module exists
 * once, whichever entries the program imports. The files that tsc wrote for the other modules stay in dist for the tests,
 * and are not published.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build, transform } from 'esbuild';
import { allOf, asFunction, exportsForParts, exportsIn, partsOf, shareParts } from './parts.js';
import { dist, slashed, TO_DIST } from './paths.js';
import { addresses, plugins, small, withBuiltins } from './plugins.js';
import { keepReachedTypes } from './types.js';

/** The entries whose modules are all in the core. */
const faces = ['actors/index', 'actors/inspection', 'actors/tooling'];

/** The other modules that a program, a worker or the command line imports by the address of their file. */
const entries = [
  'bin/statepool',
  'compat/register',
  'fleet/index',
  ...readdirSync('compat').flatMap((layer) => entriesOf(join('compat', layer))),
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

const machines = readdirSync('machines', { recursive: true })
  .map((name) => join('machines', name))
  .filter((name) => name.endsWith('.ts') && name !== join('machines', 'index.ts'));

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
/** Refuses to run in a CommonJS bundle, which has no address, and so no way to the file of the workers. */
const refusal = `if (!import.meta.url) throw new Error("statepool is in a CommonJS bundle, and cannot find the file of its workers there: name statepool as external in the bundler's options");`;

const lists = await Promise.all(faces.map((face) => exportsOf(`${face}.ts`)));
const parts = await partsOfCore();

rmSync('dist/chunks', { recursive: true, force: true });
const [core, late, rare, ...others] = await Promise.all([
  buildPart('core', 'chunks/core.js', "\nexport { late, rare, whenLateIsRead, whenRareIsRead } from 'parts';"),
  buildPart('late', 'chunks/late.cjs'),
  buildPart('rare', 'chunks/rare.cjs'),
  build({
    ...common,
    entryPoints: entries.map((entry) => `${entry}.ts`),
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [{ name: 'parts', setup: shareParts(parts) }, ...plugins],
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
const exported = { core: exportsIn(core.text), late: exportsIn(late.text), rare: exportsIn(rare.text) };
const needed = new Set();
await write(late.path, asFunction(late.text, needed));
await write(rare.path, asFunction(rare.text, needed));
// On its first line, so that the lines of the source map stay right.
await write(core.path, `${refusal}${core.text}${exportsForParts(needed, exported.core)}`);
for (const { path, text } of others.flatMap(({ outputFiles }) => outputFiles)) await write(path, text);
for (const part of ['late', 'rare']) {
  const names = [...exported[part].keys()].join(', ');
  writeFileSync(
    `dist/chunks/${part}.js`,
    `import { ${part} } from './core.js';\nexport const { ${names} } = ${part}();\n`,
  );
}
for (const [index, face] of faces.entries()) {
  const statements = Object.keys(parts).map((part) => {
    const names = lists[index].filter((name) => partWith(name) === part);
    return names.length === 0 ? '' : `export { ${names.join(', ')} } from '../chunks/${part}.js';\n`;
  });
  writeFileSync(join(dist, `${face}.js`), statements.join(''));
}
keepReachedTypes();

/** Returns the first part that exports a name. @throws if two modules define the name: another would be found */
function partWith(name) {
  const definition = new RegExp(`^export (?:async )?(?:function\\*?|const|let|class) ${name}\\b`, 'm');
  const places = Object.values(parts)
    .flat()
    .filter((path) => definition.test(readFileSync(path, 'utf8')));
  if (places.length > 1) throw new Error(`${name} is defined in ${places.join(' and ')}: rename one`);
  return Object.keys(parts).find((part) => exported[part].has(name));
}

/** Bundles the modules of a part of the core into one file. */
async function buildPart(part, file, more = '') {
  const { outputFiles } = await build({
    ...common,
    stdin: { contents: allOf(parts[part]) + more, resolveDir: '.' },
    outdir: undefined,
    outfile: join('dist', file),
    plugins: [{ name: 'parts', setup: shareParts(parts, part) }, ...plugins],
  });
  return outputFiles[0];
}

/** Writes a bundled file, and its source map beside it. */
async function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const placed = text.replaceAll(TO_DIST, `${slashed(relative(dirname(path), dist)) || '.'}/`);
  const { code, map } = await transform(withBuiltins(placed), { ...short, sourcefile: basename(path) });
  writeFileSync(path, `${code}//# sourceMappingURL=${basename(path)}.map\n`);
  writeFileSync(`${path}.map`, map);
}

/** Returns the modules of the core, part by part. */
async function partsOfCore() {
  const { metafile } = await build({
    ...common,
    stdin: { contents: allOf([...faces.map((face) => `${face}.ts`), ...machines]), resolveDir: '.' },
    metafile: true,
  });
  return partsOf(metafile.inputs);
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
