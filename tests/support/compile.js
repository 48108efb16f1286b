import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Made anew for each run, with the paths of the sources. */
const folder = '.tests';

const common = {
  outbase: '.',
  outdir: folder,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
};

/**
 * Compiles each test file into one file of JavaScript, with what it takes of tests/ and scripts/, and so the script that tests
 * start most often. A TypeScript loader in every test's process, and in every worker that inherits it, costs more than many a
 * test.
 */
export async function compileTests() {
  rmSync(folder, { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: ['tests/**/*.test.ts', 'scripts/soak.ts'],
    packages: 'external',
    sourcemap: true,
    define: { 'import.meta.url': 'urlOfSource' },
    plugins: [{ name: 'sources', setup }],
  });
  // With the package in it: it is started under a tracer again and again, and opens one file for a hundred.
  await build({ ...common, entryPoints: ['scripts/crash/faulted.js'] });
}

function setup({ onResolve, onLoad }) {
  // What is built is taken from dist, as its users take it, and what is JavaScript from where it is: neither is copied.
  onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
    const source = join(resolveDir, path);
    const built = resolve('dist', relative('.', source)).replace(/\.ts$/, '.js');
    const taken = source.endsWith('.ts') ? built : source;
    return existsSync(source) && existsSync(taken) ? { path: pathToFileURL(taken).href, external: true } : undefined;
  });
  // A source finds other files from where it is itself. It is on one line with its URL, or lines would be told wrongly.
  onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const url = JSON.stringify(pathToFileURL(path).href);
    return { contents: `const urlOfSource = ${url}; ${readFileSync(path, 'utf8')}`, loader: 'ts' };
  });
}
