import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { FROM_WORKER } from '../../../actors/protocol/frames.ts';
import { ToMaster, ToWorker, WIRE_VERSION } from '../../../actors/protocol/messages.ts';
import { fixture, jobs } from '../../support/jobs.ts';
import { isAlive } from '../../support/witness.ts';

// Uses the compiled host: from source, its worker would have a loader as a child, and the child would hold the pipe.
const compiled = new URL('../../../dist/actors/hosts/process.js', import.meta.url).href;
const { processHost } = (await import(compiled)) as typeof import('../../../actors/hosts/process.ts');

/** Starts a process and records everything that the master gets from it; `act` may react to a message at once. */
function start(t: ExecutionContext, act: (tag: number) => void) {
  t.timeout(60_000);
  const heard: unknown[] = [];
  const options = {
    kind: jobs({ url: fixture('jobs.js') }),
    workerId: 'worker',
    env: {},
    execArgv: [],
    resourceLimits: {},
    inheritEnv: true,
    workerData: undefined,
  };
  let worker: ReturnType<typeof processHost>;
  const exited = new Promise((exit) => {
    worker = processHost(options, {
      message([tag]) {
        heard.push(tag);
        if (tag === ToMaster.Hello) worker.send([ToWorker.Welcome, WIRE_VERSION, 'worker', false, 1]);
        act(tag);
      },
      exit(how) {
        heard.push('exit');
        exit(how);
      },
      output() {},
    });
    t.teardown(() => worker.kill());
  });
  return {
    heard,
    exited,
    send: (...requests: object[]) => worker.send([ToWorker.Requests, requests]),
    /** Waits without a turn of the event loop until the process is gone. */
    untilDead() {
      while (isAlive(worker.pid) || threadsOf(worker.pid) > 1);
    },
  };
}

test('the messages of a process before its exit arrive, even if the master wrote to it after the exit', async (t) => {
  const worker = start(t, (tag) => {
    if (tag !== ToMaster.Hello) return;
    worker.send({ do: 'echo' }, { do: 'exit', code: 3 });
    setImmediate(() => {
      worker.untilDead();
      worker.send({ do: 'echo' });
    });
  });
  t.like(await worker.exited, { exitCode: 3, reason: 'exit' });
  t.deepEqual(worker.heard, [ToMaster.Hello, ToMaster.Response, ToMaster.Exiting, 'exit']);
});

test('the messages of a process arrive before its exit, even if the exit of another process revealed it', async (t) => {
  let waiting = 2;
  const hello = () => {
    if (--waiting > 0) return;
    first.send({ do: 'exit', code: 3 });
    // Now its messages and its exit come in the same turn of the event loop, messages first.
    first.untilDead();
  };
  const first = start(t, (tag) => {
    if (tag === ToMaster.Hello) hello();
    else if (tag === ToMaster.Exiting) {
      // The second process is found dead together with the first. It has sent messages since the last read of the event
      // loop.
      second.send({ do: 'exit', code: 4 });
      second.untilDead();
    }
  });
  const second = start(t, (tag) => {
    if (tag === ToMaster.Hello) hello();
  });
  t.like(await first.exited, { exitCode: 3 });
  t.like(await second.exited, { exitCode: 4 });
  for (const { heard } of [first, second]) t.deepEqual(heard, [ToMaster.Hello, ToMaster.Exiting, 'exit']);
});

test('a worker whose channel is closed ends by itself', async (t) => {
  // Starts the worker without its host: the host has a reaper that ends workers whose program is gone.
  const entry = fileURLToPath(new URL('../../../dist/actors/serve/entry.cjs', import.meta.url));
  const worker = fork(entry, [JSON.stringify({ url: fixture('jobs.js'), workerId: 'worker' })], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe', 'pipe'],
    execArgv: [],
  });
  t.timeout(60_000);
  t.teardown(() => worker.kill('SIGKILL'));
  const exited = once(worker, 'exit');
  // Waits for the hello.
  await once(worker.stdio[FROM_WORKER] as Readable, 'data');
  worker.disconnect();
  t.deepEqual(await exited, [0, null]);
});

function threadsOf(pid: number | undefined): number {
  return existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`).length : 0;
}
