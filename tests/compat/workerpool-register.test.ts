import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { pool as open, TerminateError } from 'statepool/compat/workerpool';
import { root } from '../support/sources.ts';

const layer = JSON.stringify(join(root, 'dist/compat/workerpool/index.js'));

/** Runs the method `add` of a script with this text. */
async function add(t: ExecutionContext, workerType: 'process' | 'thread', text: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-workerpool-'));
  const script = join(folder, 'script.cjs');
  writeFileSync(script, text);
  const pool = open(script, { workerType, maxWorkers: 1, forkOpts: { execArgv: [] } });
  t.teardown(async () => {
    await pool.terminate(true);
    rmSync(folder, { recursive: true, force: true });
  });
  return pool.exec('add', [3, 4]);
}

for (const workerType of ['process', 'thread'] as const) {
  test(`${workerType}: a script that never calls worker fails its calls`, async (t) => {
    t.timeout(60_000);
    await t.throwsAsync(add(t, workerType, 'console.log("a line, and nothing else");'), {
      instanceOf: TerminateError,
      message: /script\.cjs has nothing left to do: it must call worker\(methods\)/,
    });
  });

  test(`${workerType}: a script may call worker later, while it has something to do`, async (t) => {
    t.timeout(60_000);
    const text = `const { execFile } = require('node:child_process');
      const register = () => require(${layer}).worker({ add: (a, b) => a + b });
      execFile(process.execPath, ['-e', 'setTimeout(() => {}, 1500)'], () => setTimeout(register, 10));`;
    t.is(await add(t, workerType, text), 7);
  });
}
