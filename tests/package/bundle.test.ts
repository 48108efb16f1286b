import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import test from 'ava';
import { root } from '../support/sources.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
}

const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const entries = Object.entries(exports).filter(([, file]) => file.endsWith('.js'));

/** Returns a bundled file and every file that it imports, at once or later. */
function filesFrom(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  const text = readFileSync(path, 'utf8');
  for (const [, target] of text.matchAll(/(?:from ?|\bimport ?\(?)["'](\.[^"'$]+)["']/g))
    filesFrom(resolve(dirname(path), target as string), found);
  return found;
}

/** The parts of the core that `core.js` reads later. */
const later = ['late.cjs', 'rare.cjs'].map((name) => join(root, 'dist/chunks', name));

/** Returns the files that entries import, and the later parts of the core. */
function allFrom(entries: readonly string[]): string[] {
  return [...new Set([...entries.flatMap((entry) => [...filesFrom(entry)]), ...later])];
}

/** Returns the built-in modules that a program loads: `nothing`, `import`, or the host of a pool whose worker tells. */
function loadedBy<T = string[]>(what: string): T {
  const program = join(root, 'tests/fixtures/scripts/loads.js');
  return JSON.parse(execFileSync(process.execPath, [program, what], { encoding: 'utf8' })) as T;
}

test('each module exists once in the package, whichever entries a program imports', (t) => {
  const files = [...Object.values(bin), ...entries.map(([, file]) => file)].map((file) => join(root, file));
  const places = new Map<string, string>();
  const twice: string[] = [];
  for (const file of allFrom(files)) {
    if (!existsSync(`${file}.map`)) continue;
    const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
    for (const source of sources.filter((each) => each.endsWith('.ts')).map((each) => resolve(dirname(file), each))) {
      // The maps of an address, and of functions that call a later part, name the source, too.
      if (/address:|later:/.test(source)) continue;
      if (places.has(source)) twice.push(`${source} is in ${places.get(source)} and in ${basename(file)}`);
      places.set(source, basename(file));
      if (!existsSync(source)) twice.push(`${source}, named by ${basename(file)}.map, does not exist`);
    }
  }
  t.deepEqual(twice, []);
  t.true(places.size > 200);
});

test('an import of the package reads two of its files', (t) => {
  const files = [...filesFrom(join(root, exports['.'] as string))].map((file) => basename(file));
  t.deepEqual(files, ['index.js', 'core.js']);
});

test('a program reads what every pool needs with its first pool, and the rest only when it is used', (t) => {
  t.deepEqual(loadedBy<string[][]>('parts'), [[], ['late']]);
});

for (const [what, unused] of [
  ['import', 'child_process http net readline timers/promises v8 zlib'],
  ['thread', 'child_process http net readline timers/promises zlib'],
  ['process', 'http readline timers/promises zlib'],
] as const) {
  test(`${what}: no built-in module is loaded that is not used`, (t) => {
    const own = loadedBy('nothing');
    const loaded = loadedBy(what).filter((each) => !own.includes(each));
    t.true(loaded.includes('NativeModule worker_threads'));
    const found = unused.split(' ').filter((name) => loaded.includes(`NativeModule ${name}`));
    t.deepEqual(found, []);
    // The import of a CommonJS module, such as xstate, would load a lexer and read that module twice.
    t.false(loaded.some((each) => each.includes('cjs-module-lexer')));
  });
}

test('every entry exports classes and functions under their own names, and has its types beside it', async (t) => {
  for (const [path, file] of entries) {
    const module = (await import(path.replace('.', 'statepool'))) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module))
      if (typeof value === 'function' && !['default', 'module.exports'].includes(name))
        t.is(value.name, name, `${path} ${name}`);
    t.true(existsSync(join(root, file.replace(/\.js$/, '.d.ts'))), file);
  }
});

test('the published files are all that the entries import', (t) => {
  const out = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  const [{ files }] = JSON.parse(out) as [{ files: { path: string }[] }];
  const published = new Set(files.map(({ path }) => join(root, path)));
  const workers = ['dist/actors/serve/entry.cjs', 'dist/testing/run/scripted-worker.js'];
  const started = [...Object.values(bin), ...entries.map(([, file]) => file), ...workers].map((file) =>
    join(root, file),
  );
  const scenarios = readdirSync(join(root, 'dist/scripts/scenarios/kinds')).filter((name) => name.endsWith('.js'));
  const needed = [...started, ...scenarios.map((name) => join(root, 'dist/scripts/scenarios/kinds', name))];
  const missing = allFrom(needed).filter((file) => !published.has(file));
  t.deepEqual(missing, []);
  // The modules that are in the bundle are not published a second time.
  t.false(published.has(join(root, 'dist/machines/worker.js')));
});
