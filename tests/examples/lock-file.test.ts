import { spawn } from 'node:child_process';
import test from 'ava';
import { ended } from '../support/cli.ts';
import { root } from '../support/sources.ts';

test('the workers of the example remove their lock files, and the program exits by itself', async (t) => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['examples/lock-file/main.js'], { cwd: root, env });
  const { code, stdout, stderr } = await ended(child);
  t.is(code, 0, stderr);
  t.deepEqual(stdout.trim().split('\n'), [
    "the first folder has [ 'lock' ]",
    "the second folder has [ 'lock' ] and the first one []",
    'after close the second folder has []',
  ]);
});
