import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { folderOf } from './cli.ts';
import { root } from './sources.ts';

/** The kind that the programs of the pages use. */
const kind = `export default {
  name: 'double', url: import.meta.url,
  requestOfTask: (status, task) => task,
  perform: (n) => 2 * n,
};`;

/** Returns the blocks of code of a page of docs/ in one language. */
export function blocksIn(page: string, language: string): string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code);
}

/** Writes the programs of a page, each under the name in its first line, into a folder with the package and a kind. */
export function folderOfPage(t: ExecutionContext, page: string): string {
  const folder = folderOf(t, { 'package.json': '{"type":"module"}', 'kind.js': kind });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/statepool'), 'junction');
  for (const code of blocksIn(page, 'js')) {
    const [, name = ''] = /^\/\/ (\S+\.js)$/m.exec(code) ?? [];
    writeFileSync(join(folder, name), code);
  }
  return folder;
}
