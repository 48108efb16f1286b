import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type BuildOptions, build } from 'esbuild';
import { type Ended, ended, folderOf } from '../support/cli.ts';
import { root } from '../support/sources.ts';

const kind = (url: string) => `export default {
  name: 'double', url: ${url},
  requestOfTask: (status, task) => task,
  perform: (n) => 2 * n,
};`;
const programOn = (hosts: readonly string[]) => `import { createPool } from 'statepool';
import kind from './kind.js';
async function main() {
  for (const host of ${JSON.stringify(hosts)}) {
    await using pool = createPool(kind, { size: 1, host });
    console.log(host, await pool.run(21));
  }
}
main().catch((error) => { console.log(error.code, error.message); process.exitCode = 1; });`;

/** Bundles a program with a kind, and runs the output. */
async function bundled(
  t: ExecutionContext,
  options: BuildOptions,
  url = 'import.meta.url',
  hosts: readonly string[] = ['process', 'thread'],
): Promise<Ended> {
  const cwd = folderOf(t, { 'package.json': '{"type":"module"}', 'kind.js': kind(url), 'main.js': programOn(hosts) });
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(root, join(cwd, 'node_modules/statepool'), 'junction');
  await build({
    absWorkingDir: cwd,
    entryPoints: ['main.js'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir: 'out',
    logLevel: 'silent',
    ...options,
  });
  return ended(spawn(process.execPath, [`out/main${options.outExtension?.['.js'] ?? '.js'}`], { cwd }));
}

test('a bundle that leaves statepool outside, with the kind as an entry, runs on both hosts', async (t) => {
  const options: BuildOptions = { packages: 'external', entryPoints: ['main.js', 'kind.js'] };
  const { code, stdout } = await bundled(t, options, "new URL('./kind.js', import.meta.url)");
  t.deepEqual({ code, stdout }, { code: 0, stdout: 'process 42\nthread 42\n' });
});

test('a bundle that has taken statepool in names the remedy in one line, at once', async (t) => {
  const { code, stdout } = await bundled(t, {});
  t.is(code, 1);
  t.regex(
    stdout,
    /^USAGE the file of the workers, \S+entry\.cjs, does not exist: a bundler .* name statepool as external .*\n$/,
  );
});

test('a bundle that has taken statepool in names the remedy on the inline host too', async (t) => {
  const { code, stdout } = await bundled(t, {}, undefined, ['inline']);
  t.is(code, 1);
  t.regex(stdout, /the file \.\/late\.cjs of statepool does not exist: a bundler .* name statepool as external .*\n$/);
});

test('a CommonJS bundle that has taken statepool in names the remedy', async (t) => {
  const options: BuildOptions = { format: 'cjs', outExtension: { '.js': '.cjs' } };
  const { code, stderr } = await bundled(t, options);
  t.is(code, 1);
  t.regex(
    stderr,
    /^Error: statepool is in a CommonJS bundle, .* name statepool as external in the bundler's options$/m,
  );
});

test('a bundle with the kind inside the program says that the kind needs a module of its own', async (t) => {
  const { code, stdout } = await bundled(t, { packages: 'external' });
  t.is(code, 1);
  t.regex(
    stdout,
    /createPool was called while a worker imports \S+main\.js: put the kind into a module of its own, in a/,
  );
});
