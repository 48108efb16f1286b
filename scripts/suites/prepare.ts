import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const modules = join(root, 'peers/node_modules');

/** Makes a folder with links to the packages of the suites, to this package, and to the folder itself as `name`. */
function folderFor(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `statepool-${name}-`));
  const inside = join(folder, 'node_modules');
  mkdirSync(inside);
  const link = (target: string, to: string) => symlinkSync(target, join(inside, to), 'junction');
  for (const each of readdirSync(modules)) if (each !== name && !each.startsWith('.')) link(join(modules, each), each);
  link(folder, name);
  link(root, 'statepool');
  link(join(root, 'node_modules/tsx'), 'tsx');
  return folder;
}

/** Makes a copy of piscina whose main module is ours; of its own code it keeps the internals that its tests import. */
export function piscina(): string {
  const folder = folderFor('piscina');
  for (const part of ['test', 'package.json', 'dist/symbols.js', 'dist/common.js', 'dist/esm-wrapper.mjs'])
    cpSync(join(modules, 'piscina', part), join(folder, part), { recursive: true });
  // The tests look for this mark, which piscina keeps to itself.
  appendFileSync(join(folder, 'dist/symbols.js'), "\nexports.kMovable = Symbol.for('Piscina.movable');\n");
  for (const main of ['main.js', 'index.js'])
    write(folder, `dist/${main}`, "module.exports = require('statepool/compat/piscina');");
  return folder;
}

/** Makes a folder with the tests of a clone of workerpool. The modules that they import are made of the layer. */
export function workerpool(clone: string): string {
  const folder = folderFor('workerpool');
  cpSync(join(clone, 'test'), join(folder, 'test'), { recursive: true });
  // These test what the layer does not have: the inside of workerpool.
  const layer = "require('statepool/compat/workerpool')";
  write(folder, 'package.json', '{ "name": "workerpool", "main": "index.js" }');
  write(folder, 'index.js', `module.exports = ${layer};`);
  write(folder, 'src/Pool.js', `module.exports = function (...given) { return ${layer}.pool(...given); };`);
  write(folder, 'src/Promise.js', `exports.Promise = ${layer}.Promise;`);
  const queue = (strategy: string) => `${layer}.pool({ queueStrategy: '${strategy}' }).taskQueue.constructor`;
  write(folder, 'src/queues.js', `exports.FIFOQueue = ${queue('fifo')};\nexports.LIFOQueue = ${queue('lifo')};`);
  return folder;
}

/** Makes a folder with the tests of a clone of tinypool, which import the layer. */
export function tinypool(clone: string): string {
  const folder = folderFor('tinypool');
  cpSync(join(clone, 'test'), join(folder, 'test'), { recursive: true });
  write(folder, 'package.json', '{ "name": "tinypool", "type": "module", "main": "./dist/index.js" }');
  cpSync(join(root, 'compat/alias/tinypool/index.js'), join(folder, 'dist/index.js'));
  const alias = JSON.stringify({ tinypool: join(folder, 'dist/index.js') });
  const test = 'globals: true, isolate: false, server: { deps: { external: [/[/]dist[/]/] } }';
  write(folder, 'vitest.config.mjs', `export default { resolve: { alias: ${alias} }, test: { ${test} } };`);
  return folder;
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(resolve(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), `${text}\n`);
}
