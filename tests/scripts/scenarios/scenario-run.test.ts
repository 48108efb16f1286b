import test from 'ava';
import { createReporter } from '../../../scripts/scenarios/reporter.ts';
import { runScenario, type Scenario } from '../../../scripts/scenarios/scenario.ts';
import { type Job, jobs } from '../../support/jobs.ts';

/** Runs a scenario without workers and returns its lines, without the times. */
async function runTo(
  run: Scenario['run'],
  { patience = 20_000, signal }: { patience?: number; signal?: AbortSignal } = {},
) {
  const lines: string[] = [];
  const reporter = createReporter((line) => lines.push(line.replace(/^ *\d+ ms +/, '')));
  const scenario: Scenario = {
    name: 'test',
    title: 'a scenario',
    size: { default: 1, least: 1, most: 1 },
    patience,
    run,
  };
  const outcome = await runScenario(scenario, { reporter, ...(signal && { signal }) });
  return { outcome, lines };
}

test.serial('a scenario whose checks pass has passed', async (t) => {
  const { outcome, lines } = await runTo(async (report) => {
    report.say('One and one.');
    t.true(report.check('it is two', true));
  });
  t.is(outcome, 'held');
  t.deepEqual(lines, ['test: a scenario', 'One and one.', '✓ it is two', 'The scenario holds: 1 of 1 checks passed.']);
});

test.serial('a failed check fails the scenario, which goes on and prints the actual value', async (t) => {
  const { outcome, lines } = await runTo(async (report) => {
    t.false(report.check('it is three', false, { sum: 2 }));
    report.check('it is two', true);
  });
  t.is(outcome, 'failed');
  t.deepEqual(lines.slice(1), [
    '✗ it is three (it was {"sum":2})',
    '✓ it is two',
    'The scenario does not hold: 1 of 2 checks failed.',
  ]);
});

test.serial('a scenario without a check has not passed', async (t) => {
  t.is((await runTo(async () => {})).outcome, 'failed');
});

test.serial('a wait that takes too long aborts the scenario, and is named', async (t) => {
  const run: Scenario['run'] = async (report) => {
    const pool = report.pool(jobs(), { host: 'inline' });
    report.check('the pool is there', pool.size === 1);
    await report.until('that a task comes', pool, () => pool.stats.accepted > 0);
    report.say('never said');
  };
  const { outcome, lines } = await runTo(run, { patience: 50 });
  t.is(outcome, 'failed');
  t.deepEqual(lines.slice(2), [
    '✗ The scenario stopped: it did not happen within 0.05 s: that a task comes',
    'The scenario does not hold: 1 of 2 checks failed.',
  ]);
});

test.serial("a wait checks its condition at the pool's events", async (t) => {
  const { outcome } = await runTo(async (report) => {
    const pool = report.pool(jobs(), { host: 'inline' });
    const run = pool.run({ do: 'later', value: 1 } satisfies Job);
    await report.until('that a task is done', pool, () => pool.stats.completed === 1);
    report.check('its result is there', (await run) === 1);
  });
  t.is(outcome, 'held');
});

test.serial("an error of a scenario is printed in one line, with its place in the author's code", async (t) => {
  const { outcome, lines } = await runTo(async () => {
    throw new RangeError('too far\nmuch too far');
  });
  t.is(outcome, 'failed');
  t.regex(lines[1] ?? '', /^✗ The scenario stopped: RangeError: too far, at \S+scenario-run\.test\.ts:\d+:\d+$/);
});

test.serial('an interrupt is neither a pass nor a failure, and the pools of the scenario are destroyed', async (t) => {
  const interrupt = new AbortController();
  const { outcome, lines } = await runTo(
    async (report) => {
      const pool = report.pool(jobs(), { host: 'inline' });
      const run = pool.run({ do: 'ignore', key: 'never' });
      await t.throwsAsync(
        Promise.all([report.within('what never comes', run), Promise.resolve().then(() => interrupt.abort())]),
        { message: 'it was interrupted' },
      );
      await t.throwsAsync(run, { code: 'CANCELLED' });
    },
    { signal: interrupt.signal },
  );
  t.is(outcome, 'interrupted');
  t.is(lines.at(-1), 'The scenario was interrupted; its workers are gone.');
});
