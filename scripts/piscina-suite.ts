/**
 * Runs the tests of piscina, which are in its npm package, on `statepool/compat/piscina`. The list beside this script has the
 * tests that fail, with the reasons. It may only shrink: a failure that is not in it is an error, and so is a listed test
 * that passes.
 *
 *     npm run suites                 all files
 *     npm run suites -- pool-close   some files, without the check of the whole list
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The longest time of one file, in ms. */
const LIMIT = 30_000;

const root = resolve(import.meta.dirname, '..');
const modules = join(root, 'peers/node_modules');
const listed = JSON.parse(readFileSync(join(import.meta.dirname, 'piscina-suite.json'), 'utf8')) as Record<
  string,
  string
>;
const wanted = process.argv.slice(2);

/** Makes a copy of piscina whose main module is ours; of its own code it keeps the internals that its tests import. */
function prepare(): string {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-piscina-'));
  const piscina = join(modules, 'piscina');
  for (const part of ['test', 'package.json', 'dist/symbols.js', 'dist/common.js'])
    cpSync(join(piscina, part), join(folder, part), { recursive: true });
  const alias = join(root, 'compat/alias/piscina');
  for (const main of ['main.js', 'index.js']) cpSync(join(alias, 'index.cjs'), join(folder, 'dist', main));
  cpSync(join(alias, 'index.mjs'), join(folder, 'dist/esm-wrapper.mjs'));
  const inside = join(folder, 'node_modules');
  mkdirSync(inside);
  for (const name of readdirSync(modules))
    if (name !== 'piscina' && !name.startsWith('.')) symlinkSync(join(modules, name), join(inside, name), 'junction');
  symlinkSync(folder, join(inside, 'piscina'), 'junction');
  symlinkSync(root, join(inside, 'statepool'), 'junction');
  symlinkSync(join(root, 'node_modules/tsx'), join(inside, 'tsx'), 'junction');
  return folder;
}

/** Runs one file of tests. Returns the names of those that passed and failed; a file that hangs fails as a whole. */
async function run(folder: string, file: string): Promise<{ passed: string[]; failed: string[] }> {
  const args = ['--import=tsx', '--test-reporter=tap', join('test', file)];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, LIMIT);
  await new Promise((over) => child.once('close', over));
  clearTimeout(timer);
  const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => `${file}: ${name?.trim()}`);
  const passed = named(/^ok \d+ - (.*?)(?: # SKIP.*)?$/gm);
  const failed = named(/^not ok \d+ - (.*)$/gm);
  return { passed, failed: isLate ? [...failed, `${file}: hangs`] : failed };
}

const folder = prepare();
const passed: string[] = [];
const failed: string[] = [];
try {
  const files = readdirSync(join(folder, 'test')).filter((name) => name.endsWith('.test.ts'));
  for (const file of files.filter((name) => wanted.length === 0 || wanted.some((each) => name.includes(each)))) {
    const result = await run(folder, file);
    passed.push(...result.passed);
    failed.push(...result.failed);
    console.log(`${file}: ${result.passed.length} passed, ${result.failed.length} failed`);
    for (const name of result.failed) console.log(`  ${name}${name in listed ? ` (known: ${listed[name]})` : ''}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const news = failed.filter((name) => !(name in listed));
const cured = Object.keys(listed).filter(
  (name) => passed.includes(name) || (wanted.length === 0 && !failed.includes(name)),
);
console.log(`${passed.length} passed, ${failed.length} failed`);
for (const name of news) console.error(`failed and is not in the list: ${name}`);
for (const name of cured) console.error(`is in the list and did not fail: ${name}`);
process.exitCode = news.length + cured.length > 0 ? 1 : 0;
