import { getEventListeners } from 'node:events';
import test from 'ava';
import { FROM_WORKER, TO_WORKER } from '../../../actors/protocol/frames.ts';
import { fixture, jobs } from '../../support/jobs.ts';
import { code, errorOf } from '../../support/outcome.ts';
import { type AnyPool, onEachHost, onProcesses, opener } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';
import { isAlive, Notes } from '../../support/witness.ts';

const kind = jobs({ name: 'broken', url: fixture('broken/stubborn.js') });

/** Kills a process that a failing test would leave behind. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process is gone already, as expected.
  }
}

async function nextTaskRuns(pool: AnyPool): Promise<boolean> {
  return (await pool.run({ do: 'echo', value: 'next' })) === 'next';
}

onProcesses('a worker that ignores polite signals still ends', async (t, open) => {
  t.timeout(60_000);
  const pool = open(kind);
  const notes = new Notes(pool);
  const task = code(pool.run({ do: 'deaf' }));
  const { worker, pid } = await notes.begun('deaf');
  t.teardown(() => end(pid));
  t.true(pool.cancelWorker(worker));
  t.is(await task, 'CANCELLED');
  t.true(await nextTaskRuns(pool));
  t.false(isAlive(pid));
});

onProcesses('a worker that closes its channel and stays alive counts as dead', async (t, open) => {
  t.timeout(60_000);
  const pool = open(kind);
  t.like(await errorOf(pool.run({ do: 'closed' })), { code: 'WORKER_DIED', reason: 'disconnect' });
  t.true(await nextTaskRuns(pool));
});

onProcesses('a worker that closed the pipe of its answers counts as dead', async (t, open) => {
  const pool = open(jobs());
  const error = await errorOf(pool.run({ do: 'closeFile', file: FROM_WORKER }));
  t.like(error, { code: 'WORKER_DIED', reason: 'disconnect' });
  t.true(await nextTaskRuns(pool));
});

onProcesses('a worker that closed the pipe of its requests is replaced, and no task is lost', async (t, open) => {
  const pool = open(jobs());
  t.is(await pool.run({ do: 'closeFile', file: TO_WORKER }), 'closed');
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
});

onProcesses(
  'the slot of a dead worker is filled again even if a child process of it holds its pipes',
  async (t, open) => {
    const pool = open(kind);
    const notes = new Notes(pool);
    const task = errorOf(pool.run({ do: 'parent' }));
    const { pid } = await notes.begun('parent');
    t.teardown(() => end(pid));
    t.like(await task, { code: 'WORKER_DIED', exitCode: 5 });
    t.true(await nextTaskRuns(pool));
    t.true(isAlive(pid));
  },
);

for (const [how, ending, watch] of [
  ['exit', { code: 0, signal: null }, 'watched'],
  ['exit', { code: 0, signal: null }, 'alone'],
  ['SIGTERM', { code: null, signal: 'SIGTERM' }, 'watched'],
  ['SIGKILL', { code: null, signal: 'SIGKILL' }, 'watched'],
] as const) {
  onProcesses(`workers in an endless loop end with a program that ends by ${how} (${watch})`, async (t) => {
    const { stdout, ...ended } = await runScript('leave-a-loop.js', 'process', how, watch);
    const [pids, left] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as number[]);
    t.teardown(() => pids?.forEach(end));
    t.like(ended, ending);
    t.is(pids?.length, 2);
    // If the program ends by itself, its workers are gone first.
    if (how === 'exit') t.deepEqual(left, []);
    while (pids?.some(isAlive)) await new Promise(setImmediate);
  });
}

onEachHost('a worker has the variables of its program, and those of its pool take precedence', async (t, open) => {
  process.env.STATEPOOL_TEST_A = 'program';
  process.env.STATEPOOL_TEST_B = 'program';
  const pool = open(jobs(), { env: { STATEPOOL_TEST_B: 'pool' } });
  t.is(await pool.run({ do: 'env', name: 'STATEPOOL_TEST_A' }), 'program');
  t.is(await pool.run({ do: 'env', name: 'STATEPOOL_TEST_B' }), 'pool');
});

onEachHost("the last output in an error is the end of a worker's output, not the beginning", async (t, open) => {
  const error = await errorOf(open(jobs()).run({ do: 'exit', code: 3, last: `first${'.'.repeat(5000)}last` }));
  t.is(error.code, 'WORKER_DIED');
  t.is(error.stderrTail.length, 4096);
  t.true(error.stderrTail.endsWith('last'));
});

test('a wait that is over leaves no listener on its signal', async (t) => {
  const { signal } = new AbortController();
  const pool = opener(t, 'thread')(jobs(), { maxQueue: 1 });
  const task = pool.run({ do: 'later' });
  const waits = [pool.join({ signal }), pool.slot({ signal })];
  t.true(getEventListeners(signal, 'abort').length > 0);
  await Promise.all([task, ...waits]);
  t.is(getEventListeners(signal, 'abort').length, 0);
});
