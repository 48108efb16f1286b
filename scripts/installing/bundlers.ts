import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blocksOf } from '../pages/blocks.ts';
import { expect, INSTALLERS, NPM, node, tool } from './run.ts';

/** A bundler: how it makes a bundle of main.js and kind.js in `out`. */
export interface Bundler {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  /** The bundler is found only in a folder of packages above its own. */
  readonly isBesideTools?: boolean;
  build(folder: string): void;
  /** Runs the bundle, and returns what it prints. @default runs out/main.js */
  run?(folder: string): Promise<string>;
}

const BOTH = 'process 42\nthread 42';

/** Returns a file of the page about bundlers. */
function fileOf(name: string): string {
  const found = blocksOf(readFileSync('docs/bundlers.md', 'utf8')).find((block) => block.name === name);
  if (found === undefined) throw new Error(`docs/bundlers.md has no ${name}`);
  return found.code;
}

/** Returns a line of the page about bundlers: the first code in the cell beside a bundler's name. */
function lineFor(bundler: string): string {
  const row = readFileSync('docs/bundlers.md', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| ${bundler} `));
  const line = /\|[^|]*\| `([^`]+)`/.exec(row ?? '')?.[1];
  if (line === undefined) throw new Error(`docs/bundlers.md has no line for ${bundler}`);
  return line;
}

const wordsFor = (bundler: string) => lineFor(bundler).split(' ').slice(1);

/** The bundlers, each with the line that docs/bundlers.md has for it. */
export const bundlers: readonly Bundler[] = [
  {
    name: 'esbuild',
    build: (folder) =>
      void execFileSync(tool('esbuild/bin/esbuild'), wordsFor('esbuild'), { cwd: folder, stdio: 'pipe' }),
  },
  { name: 'rollup', build: (folder) => void node(folder, [tool('rollup/dist/bin/rollup'), ...wordsFor('rollup')]) },
  {
    name: 'webpack 5',
    files: {
      'webpack.config.mjs': fileOf('webpack.config.mjs'),
      'build.mjs': [
        `import webpack from ${JSON.stringify(tool('webpack/lib/index.js'))};`,
        `import config from './webpack.config.mjs';`,
        `webpack(config, (error, stats) => { if (error || stats.hasErrors()) { console.error(error ?? stats.toString()); process.exit(1); } });`,
      ].join('\n'),
    },
    build: (folder) => void node(folder, ['build.mjs']),
  },
  {
    name: 'Vite, SSR',
    files: {
      'vite.config.mjs': `export default { ${lineFor('Vite, SSR').replace('ssr: true', "ssr: true, outDir: 'out'")} };`,
    },
    build: (folder) => void node(folder, [tool('vite/bin/vite.js'), 'build']),
  },
  {
    name: 'Next.js',
    isBesideTools: true,
    files: {
      'next.config.js': `export default { ${lineFor('Next.js')}, turbopack: { root: ${JSON.stringify(INSTALLERS)} } };`,
      'app/layout.js': 'export default ({ children }) => <html><body>{children}</body></html>;',
      'app/page.js': 'export default () => <p>home</p>;',
      'app/double/route.js': [
        `import { createPool } from 'statepool';`,
        `import kind from '../../kind.mjs';`,
        `export const dynamic = 'force-dynamic';`,
        `const pools = ['process', 'thread'].map((host) => createPool(kind, { size: 1, host }));`,
        `export const GET = async () => new Response(\`process \${await pools[0].run(21)}\\nthread \${await pools[1].run(21)}\`);`,
      ].join('\n'),
    },
    build(folder) {
      writeFileSync(join(folder, 'kind.mjs'), fileOf('kind.js').replaceAll('kind.js', 'kind.mjs'));
      node(folder, [tool('next/dist/bin/next'), 'build'], { NEXT_TELEMETRY_DISABLED: '1' });
    },
    run: runNext,
  },
  {
    name: 'a single executable application, threads',
    files: {
      'app.cjs': `const { createRequire } = require('node:module');
const load = createRequire(process.execPath);
const { createPool } = load('statepool');
async function run(host) {
  const pool = createPool(load('./kind.js').default, { size: 1, host });
  console.log(host, await pool.run(21));
  await pool.close();
}
run('process').catch(({ code, message }) => console.log(code, message)).then(() => run('thread'));`,
      'sea.json': '{"main":"app.cjs","output":"app.blob","disableExperimentalSEAWarning":true}',
    },
    build(folder) {
      node(folder, ['--experimental-sea-config', 'sea.json']);
      copyFileSync(process.execPath, join(folder, 'app'));
      const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
      node(folder, [tool('postject/dist/cli.js'), 'app', 'NODE_SEA_BLOB', 'app.blob', '--sentinel-fuse', fuse]);
    },
    run: (folder) => printed(spawn(join(folder, 'app'), { cwd: folder })),
  },
];

/** Installs the package for all bundlers, once. Returns the folder of its packages. */
export function installForBundlers(archive: string, parent: string): string {
  const folder = join(parent, 'for-bundlers');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"name":"bundled","type":"module"}');
  node(folder, [NPM, 'install', '--no-audit', '--no-fund', '--silent', archive]);
  return join(folder, 'node_modules');
}

/** Makes the bundle in a folder with the packages, and runs a pool of both hosts in it. @throws {Error} with the output, if it fails */
export async function tryBundler(bundler: Bundler, packages: string, parent: string): Promise<string> {
  const folder = bundler.isBesideTools
    ? mkdtempSync(join(INSTALLERS, 'bundle-'))
    : join(parent, bundler.name.replaceAll(/\W+/g, '-'));
  try {
    return await tryIn(folder, bundler, packages);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryIn(folder: string, bundler: Bundler, packages: string): Promise<string> {
  const files = {
    'package.json': '{"name":"bundled","type":"module"}',
    'main.js': fileOf('main.js'),
    'kind.js': fileOf('kind.js'),
    ...bundler.files,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  cpSync(packages, join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  bundler.build(folder);
  const output = bundler.run === undefined ? node(folder, ['out/main.js']) : await bundler.run(folder);
  if (bundler.name.startsWith('a single executable')) {
    const [refusal = '', ...rest] = output.trim().split('\n');
    if (!refusal.startsWith('USAGE a single executable application has no workers on the host process'))
      throw new Error(output);
    expect(rest.join('\n'), 'thread 42');
    return 'threads run a task, and the host process is refused in one line';
  }
  expect(output, BOTH);
  return 'the output runs a pool of both hosts';
}

/** Starts the server of Next, and returns the answer of the route. */
async function runNext(folder: string): Promise<string> {
  const child = spawn(process.execPath, [tool('next/dist/bin/next'), 'start', '-p', '0', '-H', '127.0.0.1'], {
    cwd: folder,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let text = '';
    for await (const data of child.stdout) {
      text += data;
      const address = /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(text)?.[0];
      if (address !== undefined && text.includes('Ready')) return await (await fetch(`${address}/double`)).text();
    }
    throw new Error(`the server of Next ended: ${text}`);
  } finally {
    const exited = once(child, 'exit');
    if (child.kill('SIGTERM')) await exited;
  }
}

async function printed(child: ReturnType<typeof spawn>): Promise<string> {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => {
      text += data;
    });
  await once(child, 'close');
  return text;
}
