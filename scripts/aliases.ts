/**
 * Installs the packages of compat/alias/ as overrides with npm, pnpm and yarn, in throwaway folders, in a project whose
 * dependency uses all four other pools; then runs a program of that dependency. The package managers come from npm.
 *
 *     npm run aliases            all package managers
 *     npm run aliases -- pnpm    some of them
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const names = readdirSync(join(root, 'compat/alias'));

/** A package manager: the package that it comes in, its command, and where it looks for overrides. */
interface Manager {
  readonly name: string;
  readonly package: string;
  readonly args: readonly string[];
  overrides(targets: Readonly<Record<string, string>>): object;
}

const managers: readonly Manager[] = [
  {
    name: 'npm',
    package: 'npm@11',
    args: ['npm', 'install', '--no-audit', '--no-fund'],
    overrides: (targets) => ({ overrides: targets }),
  },
  {
    name: 'pnpm',
    package: 'pnpm@9',
    args: ['pnpm', 'install'],
    overrides: (targets) => ({ pnpm: { overrides: targets } }),
  },
  {
    name: 'yarn',
    package: 'yarn@1',
    args: ['yarn', 'install', '--non-interactive', '--no-lockfile'],
    overrides: (targets) => ({ resolutions: targets }),
  },
];

const work = mkdtempSync(join(tmpdir(), 'statepool-aliases-'));
const wanted = process.argv.slice(2);
try {
  const statepool = pack(root);
  const targets = Object.fromEntries(names.map((name) => [name, `file:${pack(join(root, 'compat/alias', name))}`]));
  const consumer = pack(consumerIn(work));
  for (const manager of managers)
    if (wanted.length === 0 || wanted.includes(manager.name))
      console.log(`${manager.name}: ${tryWith(manager, statepool, consumer, targets)}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Packs a package as it would be published. Returns the path of the tarball. */
function pack(folder: string): string {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', work];
  return join(work, execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }).trim());
}

/** Writes a package that depends on the other pools, and uses them from CommonJS and from ESM. */
function consumerIn(folder: string): string {
  const own = join(folder, 'consumer');
  mkdirSync(own);
  const ranges = { 'jest-worker': '^30.0.0', piscina: '^5.0.0', tinypool: '^2.0.0', workerpool: '^10.0.0' };
  const manifest = { name: 'consumer', version: '1.0.0', dependencies: ranges, main: './use.cjs' };
  writeFileSync(join(own, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(own, 'work.cjs'), 'module.exports = (n) => n + 1;\nmodule.exports.add = (n) => n + 1;\n');
  const body = `
    const { Worker } = jestWorker;
    const farm = new Worker(work, { numWorkers: 1 });
    const threads = workerpool.pool({ maxWorkers: 1 });
    const pools = [new Piscina({ filename: work, maxThreads: 1 }), new Tinypool({ filename: work, maxThreads: 1 })];
    const sums = [await farm.add(1), await threads.exec((n) => n + 1, [1])];
    for (const pool of pools) sums.push(await pool.run(1));
    await Promise.all([farm.end(), threads.terminate(), ...pools.map((pool) => pool.destroy())]);
    return sums.join(' ');`;
  writeFileSync(
    join(own, 'use.cjs'),
    `const jestWorker = require('jest-worker');
    const Piscina = require('piscina');
    const { Tinypool } = require('tinypool');
    const workerpool = require('workerpool');
    const work = require.resolve('./work.cjs');
    module.exports = async () => {${body} };`,
  );
  writeFileSync(
    join(own, 'use.mjs'),
    `import * as jestWorker from 'jest-worker';
    import Piscina from 'piscina';
    import Tinypool from 'tinypool';
    import workerpool from 'workerpool';
    import { fileURLToPath } from 'node:url';
    const work = fileURLToPath(new URL('work.cjs', import.meta.url));
    export default async () => {${body} };`,
  );
  return own;
}

/** Installs a project with the overrides and runs its program. Returns what the program prints. @throws if anything fails */
function tryWith(
  { name, package: manager, args, overrides }: Manager,
  statepool: string,
  consumer: string,
  targets: Readonly<Record<string, string>>,
): string {
  const project = join(work, name);
  mkdirSync(project);
  const dependencies = { consumer: `file:${consumer}`, statepool: `file:${statepool}` };
  const manifest = { name: 'project', private: true, dependencies, ...overrides(targets) };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  const program = `import { createRequire } from 'node:module';
    const require = createRequire(import.meta.resolve('consumer'));
    const { default: fromModule } = await import(new URL('use.mjs', import.meta.resolve('consumer')));
    console.log(await require('./use.cjs')(), await fromModule());`;
  writeFileSync(join(project, 'program.mjs'), program);
  const run = (command: string, given: readonly string[]) =>
    execFileSync(command, given, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  run('npx', ['--yes', '--package', manager, ...args]);
  const printed = run(process.execPath, ['program.mjs']).trim();
  if (printed !== '2 2 2 2 2 2 2 2') throw new Error(`${name}: the program printed ${printed}`);
  return printed;
}
