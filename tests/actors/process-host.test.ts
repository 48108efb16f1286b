import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { FROM_WORKER } from '../../actors/frames.ts';
import { type MessageToMaster, ToMaster, ToWorker, WIRE_VERSION } from '../../actors/wire.ts';
import { fixture, jobs } from '../support/jobs.ts';
import { isAlive } from '../support/witness.ts';

// Compiled: from source its worker would have a child of its own, that of the loader, and that would hold the pipe.
const compiled = new URL('../../dist/actors/hosts/process.js', import.meta.url).href;
const { processHost } = (await import(compiled)) as typeof import('../../actors/hosts/process.ts');

test('what a process said before it exited is heard, though it was written to afterwards', async (t) => {
  const said: number[] = [];
  const exited = new Promise((exit) => {
    const start = {
      kind: jobs({ url: fixture('jobs.js') }),
      workerId: 'worker',
      env: {},
      execArgv: [],
      resourceLimits: {},
    };
    const worker = processHost(start, { message: hear, exit, output() {} });
    t.teardown(() => worker.kill());

    function hear([tag]: MessageToMaster): void {
      said.push(tag);
      if (tag !== ToMaster.Hello) return;
      worker.send([ToWorker.Welcome, WIRE_VERSION, 'worker', false]);
      worker.send([ToWorker.Requests, [{ do: 'echo' }, { do: 'exit', code: 3 }]]);
      setImmediate(() => {
        // Nothing is read of it before the last of its threads is gone.
        while (isAlive(worker.pid) || threadsOf(worker.pid) > 1);
        worker.send([ToWorker.Request, { do: 'echo' }]);
      });
    }
  });
  t.like(await exited, { exitCode: 3, reason: 'exit' });
  t.deepEqual(said, [ToMaster.Hello, ToMaster.Response, ToMaster.Exiting]);
});

test('a worker whose channel is closed ends by itself', async (t) => {
  // Without its host: that has others end a worker whose program is gone.
  const entry = fileURLToPath(new URL('../../dist/actors/hosts/entry.cjs', import.meta.url));
  const worker = fork(entry, [JSON.stringify({ url: fixture('jobs.js'), workerId: 'worker' })], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe', 'pipe'],
    execArgv: [],
  });
  t.timeout(20_000);
  t.teardown(() => worker.kill('SIGKILL'));
  const exited = once(worker, 'exit');
  // Its hello.
  await once(worker.stdio[FROM_WORKER] as Readable, 'data');
  worker.disconnect();
  t.deepEqual(await exited, [0, null]);
});

function threadsOf(pid: number | undefined): number {
  return existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`).length : 0;
}
