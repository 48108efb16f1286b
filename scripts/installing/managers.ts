import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryPages } from './pages.ts';
import { expect, type Manager, NPM, node, tool } from './run.ts';

/** The most packages, and the most kilobytes, that an installation may have. */
const MOST = { packages: 10, kilobytes: 6144 };

const yarn4 = tool('@yarnpkg/cli-dist/bin/yarn.js');
const plain = (words: readonly string[]) => words;

/** The package managers. */
export const managers: readonly Manager[] = [
  { name: 'npm', add: (packages) => [NPM, 'install', '--no-audit', '--no-fund', ...packages], run: plain },
  { name: 'pnpm', add: (packages) => [tool('pnpm/bin/pnpm.cjs'), 'add', ...packages], run: plain },
  {
    name: 'yarn 1',
    // Its own cache, since a cache of the user may have an older archive of the same name and version.
    add: (packages) => [tool('yarn/bin/yarn.js'), 'add', '--cache-folder', '.yarn-cache', ...packages],
    run: plain,
  },
  {
    name: 'yarn 4, node_modules',
    add: (packages) => [yarn4, 'add', ...packages.map(asFile)],
    run: plain,
    files: { '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n', 'yarn.lock': '' },
  },
  {
    name: 'yarn 4, PnP',
    add: (packages) => [yarn4, 'add', ...packages.map(asFile)],
    run: (words) => [yarn4, 'node', ...words],
    exec: (words) => [yarn4, 'exec', ...words],
    files: { '.yarnrc.yml': 'nodeLinker: pnp\nenableTelemetry: false\nenableGlobalCache: false\n', 'yarn.lock': '' },
  },
];

/** A program that runs a task on both hosts, and then one of a kind whose module does not exist. */
const HOSTS = [
  `import { createPool } from 'statepool';`,
  `import kind from './kind.js';`,
  `for (const host of ['process', 'thread']) {`,
  `  const pool = createPool(kind, { size: 1, host });`,
  `  console.log(host, await pool.run({ file: 'kind.js', word: 'counts' }));`,
  `  await pool.close();`,
  `}`,
  `const missing = { ...kind, url: new URL('./nowhere.js', import.meta.url) };`,
  `const pool = createPool(missing, { size: 1, restart: { limit: 0 } });`,
  `await pool.run({}).catch(({ cause }) => console.log(cause.message));`,
  `await pool.destroy();`,
  ``,
].join('\n');

/** A program in CommonJS. */
const COMMONJS = [
  `const { createPool } = require('statepool');`,
  `const file = './kind.js';`,
  `import(file).then(async ({ default: kind }) => {`,
  `  const pool = createPool(kind, { size: 1 });`,
  `  console.log(await pool.run({ file: 'kind.js', word: 'counts' }));`,
  `  await pool.close();`,
  `});`,
  ``,
].join('\n');

/** Installs the package, runs what \`statepool init\` writes and a task on both hosts, and checks the types. Returns the size. */
export async function tryManager(
  manager: Manager,
  archive: string,
  parent: string,
  withPages: boolean,
): Promise<string> {
  const folder = join(parent, manager.name.replaceAll(/\W+/g, '-'));
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ 'package.json': '{"name":"empty","type":"module"}', ...manager.files }))
    writeFileSync(join(folder, name), text);
  node(folder, manager.add([archive]));
  const size = sizeOf(folder);
  const run = (...words: string[]) => node(folder, manager.run(words));
  writeFileSync(
    join(folder, 'find.js'),
    `console.log(new URL('../bin/statepool.js', import.meta.resolve('statepool/inspect')).pathname);
try { console.log(new URL(import.meta.resolve('tsx/cli')).pathname); } catch {}`,
  );
  writeFileSync(join(folder, 'hosts.js'), HOSTS);
  writeFileSync(join(folder, 'required.cjs'), COMMONJS);
  const bin = run('find.js').trim();
  run(bin, 'init', '--js');
  expect(run('main.js'), 'kind.js has "task" 5 times and "counts" 5 times\nmain.js has "ask" 6 times');
  expect(run('hosts.js'), 'process 5\nthread 5\nthere is no module nowhere.js');
  expect(run('required.cjs'), '5');
  const types = checkTypes(folder, manager);
  const pages = withPages ? `; ${await tryPages(folder, manager)}` : '';
  return `${size}; both hosts run a task, from CommonJS too; ${types}${pages}`;
}

/** Returns the number of packages and the kilobytes of an installation. @throws {Error} if it is too large */
function sizeOf(folder: string): string {
  const isPnp = existsSync(join(folder, '.pnp.cjs'));
  const place = join(folder, isPnp ? '.yarn/cache' : 'node_modules');
  const kilobytes = Number(execFileSync('du', ['-sk', '--apparent-size', place], { encoding: 'utf8' }).split('\t')[0]);
  const packages = isPnp ? readdirSync(place).filter((name) => name.endsWith('.zip')).length : namesIn(place).size;
  if (packages > MOST.packages || kilobytes > MOST.kilobytes)
    throw new Error(
      `${packages} packages, ${kilobytes} kB: at most ${MOST.packages} and ${MOST.kilobytes} are allowed`,
    );
  return `${packages} packages, ${kilobytes} kB`;
}

/** Returns the names of the packages under a folder of node_modules, each once. */
function namesIn(place: string): Set<string> {
  const found = new Set<string>();
  for (const path of readdirSync(place, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('package.json')) continue;
    const at = /(?:^|node_modules\/)((?:@[^/]+\/)?[^/@.][^/]*)\/package\.json$/.exec(path)?.[1];
    if (at !== undefined) found.add(at);
  }
  return found;
}

/** Checks a program in TypeScript that imports every entry of the installed package, with and without skipLibCheck. Returns what it did. */
function checkTypes(folder: string, manager: Manager): string {
  const settings = {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    types: ['node'],
  };
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, string> };
  const entries = Object.keys(exports).filter((name) => name !== './package.json');
  const text = [
    `import { createPool, type Kind } from 'statepool';`,
    ...entries.map((name, i) => `import * as entry${i} from ${JSON.stringify(join('statepool', name))};`),
    `const kind: Kind<{ task: number; request: number; response: string }> = { name: 'n', url: import.meta.url, requestOfTask: (_, n) => n, perform: String };`,
    `export const text: Promise<string> = createPool(kind).run(1);`,
    `export const all = [${entries.map((_, i) => `entry${i}`).join(', ')}];`,
  ];
  writeFileSync(join(folder, 'typed.ts'), text.join('\n'));
  // The compiler reads the archives of PnP only with yarn's patch of it, which exists for TypeScript 5.
  const isPnp = existsSync(join(folder, '.pnp.cjs'));
  if (isPnp) node(folder, manager.add(['typescript@5.9', '@types/node@20']));
  const compiler = isPnp ? [yarn4, 'tsc'] : [tool('typescript/bin/tsc')];
  for (const skipLibCheck of [true, false]) {
    const typeRoots = isPnp ? {} : { typeRoots: [tool('@types')] };
    const config = { compilerOptions: { ...settings, skipLibCheck, ...typeRoots }, files: ['typed.ts'] };
    writeFileSync(join(folder, 'tsconfig.types.json'), JSON.stringify(config));
    node(folder, [...compiler, '-p', 'tsconfig.types.json']);
  }
  return 'the types of every entry hold with and without skipLibCheck';
}

/** Returns a package as yarn 4 names one: a path needs its protocol. */
function asFile(name: string): string {
  return name.endsWith('.tgz') ? `statepool@file:${name}` : name;
}
