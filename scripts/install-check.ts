/**
 * Installs the packed package into empty folders with each package manager, and bundles it with each bundler:
 * `npm run install-check`. Prints the size and the number of packages, and exits with 1 where something fails. With
 * `-- --pages`, the programs of the README and of docs/ run in each folder too.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlers, installForBundlers, tryBundler } from './installing/bundlers.ts';
import { managers, tryManager } from './installing/managers.ts';

const folder = mkdtempSync(join(tmpdir(), 'statepool-install-'));
const only = process.argv.slice(2).filter((each) => !each.startsWith('--'));
const withPages = process.argv.includes('--pages');
try {
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { stdio: 'ignore' });
  const archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) as string);
  const isWanted = ({ name }: { readonly name: string }) =>
    only.length === 0 || only.some((each) => name.includes(each));
  let packages: string | undefined;
  const installed = () => {
    packages ??= installForBundlers(archive, folder);
    return packages;
  };
  const attempts = [
    ...managers
      .filter(isWanted)
      .map((each) => ({ name: each.name, run: () => tryManager(each, archive, folder, withPages) })),
    ...bundlers
      .filter(isWanted)
      .map((each) => ({ name: each.name, run: async () => tryBundler(each, installed(), folder) })),
  ];
  for (const { name, run } of attempts) {
    const start = performance.now();
    try {
      const words = await run();
      console.log(`ok      ${name}: ${words} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      const { message, stdout, stderr } = error as Error & { stdout?: string; stderr?: string };
      console.log(`failed  ${name}: ${[message, stdout, stderr].filter(Boolean).join('\n')}`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
