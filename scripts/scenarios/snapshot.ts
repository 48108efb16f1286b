import clerk, { type Letter } from './kinds/clerk.ts';
import { runIfMain } from './program.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioRun } from './scenario-run.ts';

const letters: readonly Letter[] = [
  { title: 'a treaty', is: 'easy', pages: 90 },
  { title: 'a thank-you', is: 'easy', pages: 1 },
  { title: 'a report', is: 'easy', pages: 30 },
  { title: 'a reminder', is: 'easy', pages: 2 },
];
const express: Letter = { title: 'an express letter', is: 'easy', pages: 5 };
const byPages = (a: Letter, b: Letter) => (a.pages ?? 0) - (b.pages ?? 0);

async function run(report: ScenarioRun): Promise<void> {
  const pool = report.pool(clerk);
  const answered: string[] = [];
  pool.on('task', ({ task }) => answered.push((task as Letter).title));
  const begun: string[] = [];
  pool.on('feedback', ({ feedback }) => 'begun' in feedback && begun.push(feedback.begun));
  const runs: Promise<unknown>[] = [];
  const write = (letter: Letter, priority = 0) => {
    const run = pool.run(letter, { priority });
    // The last line of the scenario waits for all of these promises.
    run.catch(() => {});
    runs.push(run);
  };

  report.say('A clerk is busy with a long letter. Others arrive; the last one is express: it has a higher priority.');
  write({ title: 'a long letter', is: 'waiting' });
  await report.until('that the long letter is begun', pool, () => begun.length === 1);
  for (const letter of letters) write(letter);
  write(express, 1);

  report.say('A snapshot is asked for. It is taken when nobody is busy, so it waits.');
  // Keep the queue unchanged for the reordering.
  pool.pause();
  let isTaken = false;
  const taking = pool.snapshot().finally(() => {
    isTaken = true;
  });
  taking.catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  report.check('While the clerk is busy there is no snapshot', !isTaken && pool.stats.busy === 1);
  pool.forwardFeedback({ release: 'a long letter' });
  const arrived = titles(await report.within('the snapshot', taking));
  report.say(`The snapshot: ${arrived.join(', ')}.`);
  const asSent = [express, ...letters].map(({ title }) => title);
  report.check('It has the letters by priority, then as they arrived', same(arrived, asSent), arrived);
  report.check(
    'Nothing was taken from the queue for it',
    pool.queued === asSent.length && begun.length === 1,
    pool.queued,
  );

  report.say('The clerk gets a new order: the shortest letter first.');
  pool.setOrder(byPages);
  write({ title: 'a postcard', is: 'easy', pages: 0 });
  write({ title: 'a novel', is: 'easy', pages: 400 });
  const sorted = titles(await report.within('the second snapshot', pool.snapshot()));
  report.say(`The snapshot now: ${sorted.join(', ')}.`);
  const short = ['a postcard', 'a thank-you', 'a reminder', 'an express letter', 'a report', 'a treaty', 'a novel'];
  report.check('The queue is sorted, and letters that came later went where they belong', same(sorted, short), sorted);

  pool.resume();
  await report.within('the answers to all letters', Promise.all(runs));
  const order = answered.slice(1);
  report.say(`Answered: ${order.join(', ')}.`);
  report.check('They were answered in the order of the snapshot', same(order, short), order);
}

function titles(all: readonly Letter[]): string[] {
  return all.map(({ title }) => title);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join() === b.join();
}

const scenario: Scenario = {
  name: 'snapshot',
  title: 'a program reads the queue while a worker is busy, and changes its order.',
  // With one worker, the order of the answers is the order of the queue.
  size: { default: 1, least: 1, most: 1 },
  run,
};

/** A snapshot of the queue, and another order for it. */
export default scenario;

await runIfMain(import.meta.url, scenario);
