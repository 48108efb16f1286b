import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { folderOf } from '../../support/cli.ts';
import { fixture, jobs } from '../../support/jobs.ts';

// Uses the compiled host: from source, its thread would load a loader first.
const compiled = new URL('../../../dist/actors/hosts/thread.js', import.meta.url).href;
const { threadHost } = (await import(compiled)) as typeof import('../../../actors/hosts/thread.ts');

test('a thread that is ended during the load of its modules ends after the load', async (t) => {
  const folder = folderOf(t, {});
  const file = (name: string) => join(folder, name);
  const kind = jobs({ name: 'broken', url: fixture('broken/loads.js') });
  const start = {
    kind,
    workerId: 'worker',
    env: { LOADING: folder },
    execArgv: [],
    resourceLimits: {},
    inheritEnv: true,
    workerData: undefined,
  };
  const said: unknown[] = [];
  const exited = new Promise((exit) => {
    const worker = threadHost(start, { message: (message) => said.push(message), exit, output() {} });
    const check = () => {
      if (!existsSync(file('loading'))) return void setImmediate(check);
      worker.kill();
      writeFileSync(file('go'), '');
    };
    check();
  });
  t.like(await exited, { reason: 'killed' });
  t.true(existsSync(file('loaded')));
});
