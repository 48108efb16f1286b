import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The folder of the compiled tests. Made anew for each run, with the paths of the sources. */
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
 * Compiles each test file into one JavaScript file, together with its imports from tests/ and scripts/, and compiles
 * the script that tests start most often. A TypeScript loader in every test's process, and in every worker that
 * inherits it, would cost more than many tests.
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
  // It starts under a tracer again and again, without a loader. The package must stay outside: it reads its own files.
  await build({ ...common, entryPoints: ['scripts/crash/faulted.js'], packages: 'external' });
}

function setup({ onResolve, onLoad }) {
  // Built files are imported from dist, as users import them, and JavaScript files from their own place. Neither is
  // copied.
  onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
    const source = join(resolveDir, path);
    const built = resolve('dist', relative('.', source)).replace(/\.ts$/, '.js');
    const taken = source.endsWith('.ts') ? built : source;
    return existsSync(source) && existsSync(taken) ? { path: pathToFileURL(taken).href, external: true } : undefined;
  });
  // A source finds other files from its own place. The URL is on the same line as its text, so that line numbers stay
  // right.
  onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const url = JSON.stringify(pathToFileURL(path).href);
    return { contents: `const urlOfSource = ${url}; ${readFileSync(path, 'utf8')}`, loader: 'ts' };
  });
}
