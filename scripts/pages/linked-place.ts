import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Place } from './run-page.ts';

/** The packages that pages may use beside statepool, and where they stand in this checkout. */
const OTHERS: Readonly<Record<string, string>> = {
  '@opentelemetry': '@opentelemetry',
  '@statelyai': '@statelyai',
  '@types': '@types',
  '@xstate': '@xstate',
  bullmq: 'bullmq',
  commander: 'commander',
  elkjs: 'elkjs',
  esbuild: 'esbuild',
  ioredis: 'ioredis',
  picocolors: 'picocolors',
  tsx: 'tsx',
  typescript: 'typescript-6',
  'vscode-languageserver': 'vscode-languageserver',
  ws: 'ws',
  xstate: 'xstate',
  'z3-solver': 'z3-solver',
};

/** The packages that a page may tell its reader to install. */
const INSTALLED = [
  'statepool',
  ...Object.keys(OTHERS),
  '@statelyai/inspect',
  '@types/node',
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace-base',
  'pg',
];

/** The programs of the system that a page may run. */
const PROGRAMS = ['cat', 'make'];

/** A folder with the package as it is published, and with its dependencies from this checkout. */
export interface Unpacked {
  /** Makes a folder for one page, with the files that `statepool init` writes, unless the page itself runs that. */
  place(name: string, page: string): Place;
  remove(): void;
}

/** Packs the package, unpacks it into an empty folder, and links its dependencies: no registry is asked. */
export function unpack(): Unpacked {
  const root = mkdtempSync(join(tmpdir(), 'statepool-pages-'));
  const packages = join(root, 'node_modules');
  mkdirSync(packages);
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', root], {
    stdio: ['ignore', 'ignore', 'ignore'],
    shell: process.platform === 'win32',
  });
  const archive = readdirSync(root).find((name) => name.endsWith('.tgz')) as string;
  execFileSync('tar', ['-xzf', join(root, archive), '-C', packages]);
  execFileSync('mv', [join(packages, 'package'), join(packages, 'statepool')]);
  for (const [name, folder] of Object.entries(OTHERS))
    symlinkSync(resolve('node_modules', folder), join(packages, name), 'junction');
  const bin = join(packages, 'statepool/dist/bin/statepool.js');
  const tsx = join(packages, 'tsx/dist/cli.mjs');
  return {
    place(name, page) {
      const folder = join(root, name);
      mkdirSync(folder);
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      if (!page.includes('\nnpx statepool init\n'))
        execFileSync(process.execPath, [bin, 'init', '--js'], { cwd: folder });
      // The link beside the page comes before the one that all pages share.
      if (page.includes('typescript@7')) {
        mkdirSync(join(folder, 'node_modules'));
        symlinkSync(resolve('node_modules/typescript'), join(folder, 'node_modules/typescript'), 'junction');
      }
      return { folder, command: (words) => programOf(words, { statepool: bin, tsx }) };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/**
 * Returns the program of a command: Node with a file, or one of the system; `undefined` if it need not run. @throws for a command that no
 * page may have
 */
export function programOf(words: readonly string[], bins: Readonly<Record<string, string>>): string[] | undefined {
  const [first, second = '', ...rest] = words;
  if (first === 'node') return [process.execPath, ...words.slice(1)];
  if (first === 'npx' && bins[second] !== undefined) return [process.execPath, bins[second], ...rest];
  if (PROGRAMS.includes(first ?? '')) return [...words];
  if (isInstallation(words) || isOfClone(words)) return undefined;
  throw new Error(`no test runs the command ${words.join(' ')}`);
}

/** Returns whether a command is one of this repository: its clone has this script. */
function isOfClone([manager, verb, name = verb]: readonly string[]): boolean {
  if (manager !== 'npm') return false;
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  return (
    verb === 'ci' ||
    (['run', 'start', 'test'].includes(verb ?? '') && name !== undefined && scripts[name] !== undefined)
  );
}

/** Returns whether a command installs packages that are known here. */
function isInstallation(words: readonly string[]): boolean {
  return namesIn(words)?.every((name) => INSTALLED.includes(name.replace(/(?<=.)@.*/, ''))) === true;
}

/** Returns the packages that a command installs, with their versions as it names them; `undefined` if it installs none. */
export function namesIn([manager, verb, ...rest]: readonly string[]): string[] | undefined {
  const isOne =
    (manager === 'npm' && verb === 'install') || (['pnpm', 'yarn'].includes(manager ?? '') && verb === 'add');
  if (!isOne) return undefined;
  return rest.filter((word) => !word.startsWith('-'));
}
