import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ended } from '../support/cli.ts';
import { blocksIn, folderOfPage } from '../support/page.ts';
import { testWith } from '../support/running.ts';

const PAGE = 'tokens.md';

/** The output of each program of the page. */
const programs: Readonly<Record<string, string>> = {
  'two-pools.js': '40 42 44 46',
  'sum.js': '2 4 6 8 10 12',
  'own-manager.js': '40',
  'own-source.js': '2 4 6',
};

/** Makes the folder of the page, with its makefile. */
function folderOfTokens(t: ExecutionContext): string {
  const folder = folderOfPage(t, PAGE);
  writeFileSync(join(folder, 'Makefile'), blocksIn(PAGE, 'make').join('\n'));
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
  const cwd = folderOfTokens(t);
  t.is(blocksIn(PAGE, 'js').length, Object.keys(programs).length);
  for (const [name, output] of Object.entries(programs)) {
    const { code, stdout, stderr } = await ended(spawn(process.execPath, [name], { cwd, env }));
    t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `${output}\n`, stderr: '' }, name);
  }
});

testWith('make')('the makefile of the page runs both programs under the jobserver', async (t) => {
  t.timeout(60_000);
  const { code, stdout, stderr } = await ended(spawn('make', ['-s', '-j3'], { cwd: folderOfTokens(t), env }));
  t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `${programs['sum.js']}\n`.repeat(2), stderr: '' });
});
