import test from 'ava';
import { ToMaster } from '../../../actors/protocol/messages.ts';
import { echo, jobs } from '../../support/jobs.ts';
import { Players } from '../../support/played.ts';
import { opener } from '../../support/pool.ts';

test('a feedback goes to the task of its number, and feedback of an answered task is dropped', async (t) => {
  const players = new Players(false);
  const pool = opener(t, players.host)(jobs({ window: 4, idempotent: true }));
  const worker = await players.worker(1);
  const heard: unknown[] = [];
  const run = (key: string) => pool.run(echo(key, { key }), { onFeedback: ({ n }) => heard.push([key, n]) });
  const first = run('a');
  await worker.holds(1);
  worker.say([ToMaster.Feedback, { n: 1 }, 1]);
  worker.answer(1, 0.01);
  await first;
  const second = run('b');
  await worker.holds(1);
  worker.say([ToMaster.Feedback, { n: 2 }, 1]);
  worker.say([ToMaster.Feedback, { n: 3 }, 2]);
  worker.say([ToMaster.Feedback, { n: 4 }, 3]);
  worker.answer();
  await second;
  t.deepEqual(heard, [
    ['a', 1],
    ['b', 3],
  ]);
});
