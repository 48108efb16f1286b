import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ended, folderOf } from '../support/cli.ts';
import { testWith } from '../support/running.ts';
import { root } from '../support/sources.ts';

const page = readFileSync(join(root, 'docs/tokens.md'), 'utf8');

/** Returns the blocks of code of the page in one language. */
function blocksIn(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code);
}

/** The kind that the programs of the page use. */
const kind = `export default {
  name: 'double', url: import.meta.url,
  requestOfTask: (status, task) => task,
  perform: (n) => 2 * n,
};`;

/** The output of each program of the page. */
const programs: Readonly<Record<string, string>> = {
  'two-pools.js': '40 42 44 46',
  'sum.js': '2 4 6 8 10 12',
  'own-manager.js': '40',
  'own-source.js': '2 4 6',
};

/** Writes the programs and the makefile of the page into a folder with the package. */
function folderOfPage(t: ExecutionContext): string {
  const folder = folderOf(t, { 'package.json': '{"type":"module"}', 'kind.js': kind });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/statepool'), 'junction');
  for (const code of blocksIn('js')) {
    const [, name = ''] = /^\/\/ (\S+\.js)$/m.exec(code) ?? [];
    writeFileSync(join(folder, name), code);
  }
  writeFileSync(join(folder, 'Makefile'), blocksIn('make').join('\n'));
  return folder;
}

const {
  MAKEFLAGS: _,
  MFLAGS: __,
  MAKELEVEL: ___,
  ROCQWORKMGR_SOCK: ____,
  COQWORKMGR_SOCK: _____,
  ...env
} = process.env;

test('the programs of the page print what they should', async (t) => {
  t.timeout(60_000);
  const cwd = folderOfPage(t);
  t.is(blocksIn('js').length, Object.keys(programs).length);
  for (const [name, output] of Object.entries(programs)) {
    const { code, stdout, stderr } = await ended(spawn(process.execPath, [name], { cwd, env }));
    t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `${output}\n`, stderr: '' }, name);
  }
});

testWith('make')('the makefile of the page runs both programs under the jobserver', async (t) => {
  t.timeout(60_000);
  const { code, stdout, stderr } = await ended(spawn('make', ['-s', '-j3'], { cwd: folderOfPage(t), env }));
  t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `${programs['sum.js']}\n`.repeat(2), stderr: '' });
});
