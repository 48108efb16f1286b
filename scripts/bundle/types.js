/** Removes the declarations in dist that no entry of the package reaches: no program can import them. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Keeps the declarations behind `exports`, and those that they import. @throws {Error} if one of these is missing */
export function keepReachedTypes() {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
  const reached = new Set();
  for (const file of Object.values(exports).filter((each) => each.endsWith('.js')))
    reach(resolve(file.replace(/\.js$/, '.d.ts')), reached);
  for (const name of readdirSync('dist', { recursive: true }).filter((each) => each.endsWith('.d.ts')))
    if (!reached.has(resolve('dist', name))) rmSync(join('dist', name));
}

function reach(path, reached) {
  if (reached.has(path)) return;
  if (!existsSync(path)) throw new Error(`the declarations ${path} are missing`);
  reached.add(path);
  for (const [, target] of readFileSync(path, 'utf8').matchAll(/(?:\bfrom |\bimport\(|\bimport )['"](\.[^'"]+)['"]/g))
    reach(resolve(dirname(path), target.replace(/\.[jt]s$/, '.d.ts')), reached);
}
