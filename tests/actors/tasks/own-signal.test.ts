import test from 'ava';
import type { TaskOutcome } from 'statepool';
import { echo, jobs } from '../../support/jobs.ts';
import { code } from '../../support/outcome.ts';
import { onEveryHost, opener } from '../../support/pool.ts';

for (const hook of ['useResponse', 'onPerformError'] as const) {
  onEveryHost(`a task whose own ${hook} aborts its signal settles once, as cancelled`, async (t, open) => {
    const controller = new AbortController();
    const pool = open(
      jobs({
        [hook]: () => {
          controller.abort();
          return { type: 'stay', competence: 1, result: 'too late' };
        },
      }),
    );
    const outcomes: TaskOutcome[] = [];
    pool.on('task', (outcome) => outcomes.push(outcome));
    const task = hook === 'useResponse' ? echo('a') : { do: 'throw', what: 'type' };
    t.is(await code(pool.run(task, { signal: controller.signal })), 'CANCELLED');
    await pool.join();
    t.is(outcomes.length, 1);
    t.is(pool.stats.pending, 0);
    t.deepEqual([pool.stats.completed, pool.stats.failed], [0, 1]);
  });
}

test('inline: an ended worker aborts the signal of the task that it performs, whose code goes on', async (t) => {
  let begun = () => {};
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let aborted: (reason: Error) => void = () => {};
  const isAborted = new Promise<Error>((resolve) => {
    aborted = resolve;
  });
  const pool = opener(
    t,
    'inline',
  )(
    jobs({
      perform(request, { signal }) {
        if ((request as { do: string }).do === 'echo') return 'done';
        signal.addEventListener('abort', () => aborted(signal.reason));
        begun();
        return new Promise(() => {});
      },
    }),
  );
  await pool.run(echo('before'));
  const settled = code(pool.run({ do: 'wait' }));
  await isBegun;
  t.true(pool.cancelWorker(pool.workers[0]?.id ?? ''));
  t.is(await settled, 'CANCELLED');
  t.is((await isAborted).message, 'the worker was ended');
});
