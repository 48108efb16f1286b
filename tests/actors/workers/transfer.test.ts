import test from 'ava';
import { ToMaster } from '../../../actors/protocol/messages.ts';
import { jobs } from '../../support/jobs.ts';
import { errorOf } from '../../support/outcome.ts';
import { Players, widen } from '../../support/played.ts';
import { opener } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

for (const window of [1, 4]) {
  test(`transferred buffers move to the thread and are not copied, with a window of ${window}`, async (t) => {
    const pool = opener(t, 'thread')(jobs({ window }));
    const buffers = [1, 2, 3].map((byte) => new Uint8Array(1000).fill(byte));
    pool.pause();
    const results = buffers.map((value) => pool.run({ do: 'echo', value }, { transfer: [value.buffer] }));
    pool.resume();
    t.deepEqual(
      await Promise.all(results),
      [1, 2, 3].map((byte) => new Uint8Array(1000).fill(byte)),
    );
    t.deepEqual(
      buffers.map(({ byteLength }) => byteLength),
      [0, 0, 0],
    );
  });
}

test('a task whose buffers moved to a worker that died does not run on the remains', async (t) => {
  const reported: string[] = [];
  const kind = jobs({
    onTaskCancellationOrExpirationOrWorkerDeath(_task, { code }) {
      reported.push(code);
      return 'retry';
    },
  });
  const pool = opener(t, 'thread')(kind);
  const value = new Uint8Array(8);
  const error = await errorOf(pool.run({ do: 'exit', key: 'a', code: 1, value }, { transfer: [value.buffer] }));
  t.like(error, { code: 'TRANSFER_SPENT', cause: { code: 'WORKER_DIED' } });
  t.regex(error.message, /^the task a cannot run again: the buffers in its transfer went to a worker/);
  t.deepEqual(reported, ['WORKER_DIED']);
  t.is(pool.stats.retried, 0);
});

test("a task whose buffers moved to a worker that had not begun it fails, and its kind's hook is called", async (t) => {
  const reported: string[] = [];
  const players = new Players(true);
  const kind = jobs({
    onTaskCancellationOrExpirationOrWorkerDeath: (task, { code }) => void reported.push(`${task?.key}: ${code}`),
  });
  const pool = opener(t, players.host)(kind);
  const worker = await players.worker(1);
  const value = new Uint8Array(8);
  const error = errorOf(pool.run({ do: 'echo', key: 'a', value }, { transfer: [value.buffer] }));
  await worker.holds(1);
  worker.say([ToMaster.Exiting, 0]);
  worker.die();
  t.is((await error).code, 'TRANSFER_SPENT');
  t.deepEqual(reported, ['undefined: WORKER_DIED', 'a: TRANSFER_SPENT']);
});

test('process: the transferred buffers are copied, and the task runs again', async (t) => {
  const kind = jobs({ onTaskCancellationOrExpirationOrWorkerDeath: () => 'retry' });
  const pool = opener(t, 'process')(kind);
  const value = new Uint8Array(8).fill(7);
  const notes = new Notes(pool);
  const result = pool.run({ do: 'hold', key: 'a', value }, { transfer: [value.buffer] });
  const { pid } = await notes.begun('a');
  process.kill(pid, 'SIGKILL');
  await notes.until(({ feedback }) => feedback.begun === 'a' && feedback.pid !== pid);
  pool.forwardFeedback({ open: 'a' });
  t.deepEqual(await result, value);
});

test('a task with transfer is never prefetched, and no request is sent behind it', async (t) => {
  const players = new Players(true);
  const pool = opener(t, players.host)(jobs({ window: 8 }));
  const worker = await players.worker(1);
  await widen(pool, worker, 8);
  const transfers = (index: number) => index === 2 || index === 3;
  const results = [0, 1, 2, 3, 4, 5].map((index) => {
    const value = new Uint8Array(4).fill(index);
    return pool.run({ do: 'echo', value }, transfers(index) ? { transfer: [value.buffer] } : {});
  });
  for (const together of [2, 1, 1, 2]) {
    await worker.holds(together);
    worker.answer(together, 0.01);
  }
  t.is((await Promise.all(results)).length, 6);
});
