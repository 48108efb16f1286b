import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The number of files of a build, and of tests. */
export const PARTS = 8;

/** A tool in a throwaway folder. */
export interface Tool {
  readonly name: string;
  /** The package of the pool that it uses. */
  readonly peer: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The number of tries of our side with the faults that are tried several times. @default 2 */
  readonly rounds?: number;
  /** Is true if its workers are threads: a kill -9 would be one of the tool itself. */
  readonly isThreaded?: boolean;
  /** Returns what came out whole, of 8: files, or tests by what the tool has printed. */
  count(folder: string, printed: string): number;
}

/** The hash of each file of the first build of a tool, which had no fault. */
const good = new Map<string, string>();

function countFiles(folder: string, tool: string): number {
  const dist = join(folder, 'dist');
  const names = existsSync(dist) ? readdirSync(dist) : [];
  const same = names.filter((name) => {
    const hash = createHash('sha256')
      .update(readFileSync(join(dist, name)))
      .digest('hex');
    const key = `${tool} ${name}`;
    if (!good.has(key)) good.set(key, hash);
    return good.get(key) === hash;
  });
  rmSync(dist, { recursive: true, force: true });
  return same.length;
}

const numberIn = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);

const webpack = (name: string, env: Readonly<Record<string, string>>, isThreaded = false): Tool => ({
  name,
  peer: 'jest-worker',
  args: ['node_modules/webpack/bin/webpack.js', '--config', 'webpack.config.cjs'],
  env,
  isThreaded,
  count: (folder) => countFiles(folder, name),
});

const vitest = (pool: 'threads' | 'forks'): Tool => ({
  name: `vitest 3, ${pool}`,
  peer: 'tinypool',
  args: [
    'node_modules/vitest/vitest.mjs',
    'run',
    `--pool=${pool}`,
    '--poolOptions.threads.maxThreads=2',
    '--poolOptions.forks.maxForks=2',
    '--dir=vitest',
  ],
  isThreaded: pool === 'threads',
  count: (_folder, printed) => numberIn(printed, /Tests +(?:\d+ failed \| )?(\d+) passed/),
});

/** The tools of the table. */
export const tools: readonly Tool[] = [
  { ...webpack('webpack 5 + terser', { MINIMIZER: 'terserMinify' }), rounds: 10 },
  {
    name: 'mocha 11 --parallel',
    peer: 'workerpool',
    args: ['node_modules/mocha/bin/mocha.js', '--parallel', '--jobs=2', 'mocha'],
    rounds: 10,
    env: { STATEPOOL_WORKERPOOL_RETRIES: '3' },
    count: (_folder, printed) => numberIn(printed, /(\d+) passing/),
  },
  vitest('forks'),
  vitest('threads'),
  {
    name: 'jest 30',
    peer: 'jest-worker',
    args: ['node_modules/jest/bin/jest.js', '--maxWorkers=2', '--workerIdleMemoryLimit=1GB', '--rootDir=jest'],
    count: (_folder, printed) => numberIn(printed, /Tests:.*?(\d+) passed/),
  },
  webpack('webpack 5 + terser, threads', { MINIMIZER: 'terserMinify', THREADS: '1' }, true),
  webpack('webpack 5 + esbuild', { MINIMIZER: 'esbuildMinify' }),
  webpack('webpack 5 + swc', { MINIMIZER: 'swcMinify' }),
  webpack('webpack 5 + css-minimizer', { MINIMIZER: 'cssnanoMinify' }),
];

/** The packages that the tools come in. */
export const packages = [
  'webpack@5',
  'webpack-cli@6',
  'terser-webpack-plugin@5',
  'css-minimizer-webpack-plugin@7',
  'esbuild@0.25',
  '@swc/core@1',
  'jest@30',
  'mocha@11',
  'vitest@3',
];

const CONFIG = `const { join } = require('node:path');
const Terser = require('terser-webpack-plugin');
const Css = require('css-minimizer-webpack-plugin');
const { MINIMIZER, THREADS } = process.env;
const isCss = MINIMIZER === 'cssnanoMinify';
// The text of this function is sent to the workers.
const minify = (...given) => {
  require(process.env.FAULT_FILE)();
  return require(process.env.PLUGIN)[process.env.MINIMIZER](...given);
};
minify.supportsWorkerThreads = () => THREADS === '1';
process.env.PLUGIN = require.resolve(isCss ? 'css-minimizer-webpack-plugin' : 'terser-webpack-plugin');
const parts = Array.from({ length: ${PARTS} }, (_, i) => 'part' + i);
// Adds the style sheets that css-minimizer then finds.
function emitStyles({ hooks, webpack }) {
  hooks.thisCompilation.tap('styles', (compilation) => {
    const text = (part) => 'a {  color: #ffffff; margin: 0px }\\n.' + part + ' {  color:  red }';
    const emit = (part) => compilation.emitAsset(part + '.css', new webpack.sources.RawSource(text(part)));
    compilation.hooks.additionalAssets.tap('styles', () => parts.forEach(emit));
  });
}

module.exports = {
  mode: 'production',
  cache: false,
  entry: isCss ? {} : Object.fromEntries(parts.map((part) => [part, './src/' + part + '.js'])),
  output: { path: join(__dirname, 'dist') },
  plugins: isCss
    ? [{ apply: emitStyles }]
    : [],
  optimization: {
    minimize: true,
    minimizer: [isCss ? new Css({ parallel: 2, minify }) : new Terser({ parallel: 2, extractComments: false, minify })],
  },
};
`;

/** Writes the projects of all tools into a folder. */
export function writeProjects(folder: string): void {
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('webpack.config.cjs', CONFIG);
  for (let i = 0; i < PARTS; i++) {
    write(
      `src/part${i}.js`,
      `export function first(longName) { return longName * ${i} + 1; }\nconsole.log(first(${i}));\n`,
    );
    const body = `() => { ${i === 3 ? 'require(process.env.FAULT_FILE)();' : ''} }`;
    write(`jest/part${i}.test.js`, `test('part ${i}', ${body});\n`);
    write(`mocha/part${i}.js`, `it('part ${i}', ${body});\n`);
    const head =
      "import { createRequire } from 'node:module';\nimport { test } from 'vitest';\nconst require = createRequire(import.meta.url);\n";
    write(`vitest/part${i}.test.mjs`, `${head}test('part ${i}', ${body});\n`);
  }
}
