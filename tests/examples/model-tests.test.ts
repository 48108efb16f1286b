import { spawn } from 'node:child_process';
import test from 'ava';
import { ended } from '../support/cli.ts';
import { root } from '../support/sources.ts';

test("a user's own test suite runs the paths of the user's kind", async (t) => {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const child = spawn(process.execPath, ['--test', 'examples/model-tests/lookup.test.js'], { cwd: root, env });
  const { code, stdout } = await ended(child);
  t.is(code, 0, stdout);
  t.regex(stdout, /pass 3\d/);
  t.regex(stdout, /fail 0/);
});
