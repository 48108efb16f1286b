import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { root } from '../support/sources.ts';

const names = ['jest-worker', 'piscina', 'tinypool', 'workerpool'];
const run = promisify(execFile);

/** Runs a program, which need not have the packages, with flags of Node. Returns the JSON that it prints. */
async function print(t: ExecutionContext, flag: string, file: string, text: string, env = {}): Promise<unknown> {
  t.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'statepool-register-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, file), text);
  // Flags name packages as seen from the working directory.
  const args = [flag, 'statepool/compat/register', join(folder, file)];
  const { stdout } = await run(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

const list = names.map((name) => `['${name}', '${join(root, 'dist/compat', name, 'index.js')}']`).join();

for (const flag of ['--import', '-r']) {
  test(`${flag}: require gives the layers`, async (t) => {
    const text = `console.log(JSON.stringify([${list}].map(([name, path]) => require(name) === require(path))));`;
    t.deepEqual(await print(t, flag, 'program.cjs', text), [true, true, true, true]);
  });

  test(`${flag}: import gives the layers`, async (t) => {
    const text = `const same = [${list}].map(async ([name, path]) => (await import(name)) === (await import(path)));
      console.log(JSON.stringify(await Promise.all(same)));`;
    t.deepEqual(await print(t, flag, 'program.mjs', text), [true, true, true, true]);
  });

  for (const workerType of ['process', 'thread'])
    test(`${flag}: the workers of a program find the layer too: ${workerType}`, async (t) => {
      const text = `const { isMainThread, pool, worker } = require('workerpool');
        if (!isMainThread) worker({ add: (a, b) => a + b });
        else {
          const own = pool(__filename, { maxWorkers: 1, workerType: '${workerType}' });
          own.exec('add', [3, 4]).then((sum) => {
            console.log(JSON.stringify(sum));
            return own.terminate();
          });
        }`;
      t.is(await print(t, flag, 'program.cjs', text), 7);
    });
}

test('STATEPOOL_COMPAT says which packages are replaced', async (t) => {
  const text = `let found = true;
    try { require('workerpool'); } catch { found = false; }
    console.log(JSON.stringify([typeof require('piscina'), found]));`;
  const only = { STATEPOOL_COMPAT: 'piscina' };
  t.deepEqual(await print(t, '--import', 'program.cjs', text, only), ['function', false]);
  const { stderr } = (await t.throwsAsync(
    print(t, '--import', 'program.cjs', text, { STATEPOOL_COMPAT: 'poolifier' }),
  )) as unknown as { readonly stderr: string };
  t.regex(
    stderr,
    /STATEPOOL_COMPAT has no layer for "poolifier": its names are jest-worker, piscina, tinypool, workerpool/,
  );
});
