import test from 'ava';
import { runScenario, type Scenario } from '../../scripts/scenarios/scenario.ts';
import { createVoice } from '../../scripts/scenarios/voice.ts';
import { type Job, jobs } from '../support/jobs.ts';

/** Tells a story to a list of lines, without the times; its workers are none. */
async function tellTo(
  story: Scenario['story'],
  { patience = 20_000, signal }: { patience?: number; signal?: AbortSignal } = {},
) {
  const lines: string[] = [];
  const voice = createVoice((line) => lines.push(line.replace(/^ *\d+ ms +/, '')));
  const scenario: Scenario = {
    name: 'test',
    title: 'a story',
    size: { default: 1, least: 1, most: 1 },
    patience,
    story,
  };
  const outcome = await runScenario(scenario, { voice, ...(signal && { signal }) });
  return { outcome, lines };
}

test.serial('a story whose checks hold has held', async (t) => {
  const { outcome, lines } = await tellTo(async (tell) => {
    tell.say('One and one.');
    t.true(tell.check('it is two', true));
  });
  t.is(outcome, 'held');
  t.deepEqual(lines, ['test: a story', 'One and one.', '✓ it is two', 'The scenario holds: 1 of 1 checks passed.']);
});

test.serial('one check that fails fails the story, which goes on and says what was there instead', async (t) => {
  const { outcome, lines } = await tellTo(async (tell) => {
    t.false(tell.check('it is three', false, { sum: 2 }));
    tell.check('it is two', true);
  });
  t.is(outcome, 'failed');
  t.deepEqual(lines.slice(1), [
    '✗ it is three (it was {"sum":2})',
    '✓ it is two',
    'The scenario does not hold: 1 of 2 checks failed.',
  ]);
});

test.serial('a story that checks nothing has not held', async (t) => {
  t.is((await tellTo(async () => {})).outcome, 'failed');
});

test.serial('a wait that is in vain breaks the story off, and says what was awaited', async (t) => {
  const story: Scenario['story'] = async (tell) => {
    const pool = tell.pool(jobs(), { host: 'inline' });
    tell.check('the pool is there', pool.size === 1);
    await tell.until('that a task comes', pool, () => pool.stats.accepted > 0);
    tell.say('never said');
  };
  const { outcome, lines } = await tellTo(story, { patience: 50 });
  t.is(outcome, 'failed');
  t.deepEqual(lines.slice(2), [
    '✗ The scenario stopped: it did not happen within 0.05 s: that a task comes',
    'The scenario does not hold: 1 of 2 checks failed.',
  ]);
});

test.serial("a wait looks at the pool's events", async (t) => {
  const { outcome } = await tellTo(async (tell) => {
    const pool = tell.pool(jobs(), { host: 'inline' });
    const run = pool.run({ do: 'later', value: 1 } satisfies Job);
    await tell.until('that a task is done', pool, () => pool.stats.completed === 1);
    tell.check('its result is there', (await run) === 1);
  });
  t.is(outcome, 'held');
});

test.serial('what a story throws is said in one line, with the place where its author went wrong', async (t) => {
  const { outcome, lines } = await tellTo(async () => {
    throw new RangeError('too far\nmuch too far');
  });
  t.is(outcome, 'failed');
  t.regex(lines[1] ?? '', /^✗ The scenario stopped: RangeError: too far, at \S+story\.test\.ts:\d+:\d+$/);
});

test.serial('an interrupt is neither held nor failed, and the pools of the story are destroyed', async (t) => {
  const interrupt = new AbortController();
  const { outcome, lines } = await tellTo(
    async (tell) => {
      const pool = tell.pool(jobs(), { host: 'inline' });
      const run = pool.run({ do: 'ignore', key: 'never' });
      await t.throwsAsync(
        Promise.all([tell.within('what never comes', run), Promise.resolve().then(() => interrupt.abort())]),
        { message: 'it was interrupted' },
      );
      await t.throwsAsync(run, { code: 'CANCELLED' });
    },
    { signal: interrupt.signal },
  );
  t.is(outcome, 'interrupted');
  t.is(lines.at(-1), 'The scenario was interrupted; its workers are gone.');
});
