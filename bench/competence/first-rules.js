import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rules = fileURLToPath(new URL('./rules-0.1.0/', import.meta.url));

/**
 * Copies the built package into a temporary folder, with the first rules in place of those that chose another
 * way since: the rest of the pool is the same, so that a comparison shows the rules alone. Returns the folder and a
 * function that removes it.
 */
export function makeFirstRules() {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-first-rules-'));
  mkdirSync(join(folder, 'dist'));
  for (const part of ['actors', 'kinds', 'machines']) {
    cpSync(join(root, 'dist', part), join(folder, 'dist', part), { recursive: true });
  }
  for (const file of readdirSync(rules)) {
    const place = join(folder, 'dist/machines/rules', file);
    if (!existsSync(place))
      throw new Error(`machines/rules has no ${file}: bench/competence/rules-0.1.0 must follow it`);
    cpSync(join(rules, file), place, { force: true });
  }
  // The package's entry leads to the bundled rules.
  writeFileSync(join(folder, 'dist/actors/index.js'), "export { createPool } from './pool/create-pool.js';\n");
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
