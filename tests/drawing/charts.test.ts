import { spawn } from 'node:child_process';
import test from 'ava';
import { ended } from '../support/cli.ts';
import { root } from '../support/sources.ts';

test('the pictures, the JSON and the tables in docs are those of the machines and kinds as they are', async (t) => {
  const script = spawn(process.execPath, ['--import=tsx', 'scripts/charts.ts', '--check'], { cwd: root });
  const { code, stderr } = await ended(script);
  t.is(code, 0, stderr);
});
