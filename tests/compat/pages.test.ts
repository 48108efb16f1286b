import { spawn } from 'node:child_process';
import test from 'ava';
import { ended } from '../support/cli.ts';
import { blocksIn, folderOfPage } from '../support/page.ts';

for (const name of ['piscina', 'tinypool', 'workerpool', 'jest-worker']) {
  const page = `migrate/from-${name}.md`;

  test(`${page}: the program before and the program after print the same, as they stand`, async (t) => {
    t.timeout(60_000);
    t.is(blocksIn(page, 'js').length, 3);
    const cwd = folderOfPage(t, page);
    for (const args of [['--import', 'statepool/compat/register', 'before.js'], ['after.js']]) {
      const { code, stdout, stderr } = await ended(spawn(process.execPath, args, { cwd }));
      t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '2 4 6\n', stderr: '' }, args.join(' '));
    }
  });
}
