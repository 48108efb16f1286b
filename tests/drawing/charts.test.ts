import { spawn } from 'node:child_process';
import test from 'ava';
import { ended } from '../support/cli.ts';
import { root } from '../support/sources.ts';

test('the pictures, the JSON and the tables in docs match the current machines and kinds', async (t) => {
  const script = spawn(process.execPath, ['--import=tsx', 'scripts/charts.ts', '--check'], { cwd: root });
  const { code, stderr } = await ended(script);
  t.is(code, 0, stderr);
});
