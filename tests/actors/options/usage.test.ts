import test from 'ava';
import { type Kind, type PoolOptions, type TaskOutcome, UsageError } from 'statepool';
import { echo, type JobTypes, jobs } from '../../support/jobs.ts';
import { errorOf } from '../../support/outcome.ts';
import { onEveryHost, opener } from '../../support/pool.ts';

/** A pool as plain JavaScript sees it. */
// biome-ignore lint/suspicious/noExplicitAny: the compiler would refuse these wrong arguments.
type Untyped = any;

const wrongRuns: readonly [options: object, message: RegExp][] = [
  [{ timout: 5 }, /^there is no option timout of run: did you mean timeout\?; the options are signal, priority,/],
  [{ transferList: [] }, /^there is no option transferList of run: did you mean transfer\?/],
  [{ filename: './other.js' }, /^there is no option filename of run; the options are/],
  [{ signal: {} }, /^signal is \{\}: it must be an AbortSignal$/],
  [{ signal: 'abort' }, /^signal is 'abort': it must be an AbortSignal$/],
  [{ priority: 'high' }, /^priority is 'high': it must be a number$/],
  [{ priority: Number.NaN }, /^priority is NaN: it must be a number$/],
  [{ timeout: -1 }, /^timeout is -1: it must be a number of ms/],
  [{ queueTimeout: '5' }, /^queueTimeout is '5': it must be a number of ms/],
  [{ transfer: {} }, /^transfer is \{\}: it must be an array$/],
  [{ onFeedback: 7 }, /^onFeedback is 7: it must be a function$/],
];

onEveryHost('a wrong option of run is refused with the legal values, and nothing is performed', async (t, open) => {
  const pool: Untyped = open(jobs());
  const outcomes: TaskOutcome[] = [];
  pool.on('task', (outcome: TaskOutcome) => outcomes.push(outcome));
  for (const [options, message] of wrongRuns) {
    const error = await errorOf(pool.run(echo(1), options));
    t.true(error instanceof UsageError);
    t.regex(error.message, message);
  }
  t.is(await pool.run(echo(2), { timeout: undefined, signal: undefined } as never), 2);
  t.is(outcomes.length, 1);
  t.is(pool.stats.accepted, 1);
});

test('a wrong option of the other calls is refused', async (t) => {
  const pool: Untyped = opener(t, 'inline')(jobs());
  t.throws(() => pool.on('drain', () => {}), { message: /^a pool has no event drain; its events are worker, task,/ });
  t.throws(() => pool.on('tasks', () => {}), { message: /^a pool has no event tasks: did you mean task\?/ });
  t.throws(() => pool.off('drian', () => {}), { instanceOf: UsageError });
  t.throws(() => pool.map([], { inflight: 2 }), { message: /inflight of map: did you mean inFlight\?/ });
  t.throws(() => pool.map([], { signal: 1 }), { message: /^signal is 1:/ });
  t.regex((await errorOf(pool.slot({ timeout: 1 }))).message, /no option timeout of slot/);
  t.regex((await errorOf(pool.join({ signal: null }))).message, /^signal is null:/);
  t.regex((await errorOf(pool.close({ task: 'finish' }))).message, /task of close: did you mean tasks\?/);
  await pool.ready();
});

const wrongOptions: readonly [options: object, message: RegExp][] = [
  [{ sise: 2 }, /^there is no option sise of createPool: did you mean size\?/],
  [{ restart: { limits: 2 } }, /^there is no option limits of restart: did you mean limit\?/],
  [{ recycle: { memroy: 2 } }, /^there is no option memroy of recycle: did you mean memory\?/],
  [{ onOutput: 'log' }, /^onOutput is 'log': it must be a function$/],
];

for (const [options, message] of wrongOptions) {
  test(`createPool refuses ${JSON.stringify(options)}`, (t) => {
    t.throws(() => opener(t, 'inline')(jobs(), options as PoolOptions), { instanceOf: UsageError, message });
  });
}

const noop = () => {};
const wrongKinds: readonly [what: string, members: object, message: RegExp][] = [
  ['a misspelt hook', { useReponse: noop }, /has an unknown member useReponse: did you mean useResponse\?$/],
  ['a hook in other letters', { taskmatch: noop }, /unknown member taskmatch: did you mean taskMatch\?$/],
  ['a hook that no kind has', { onIdle: noop }, /has an unknown member onIdle/],
  ['a misspelt member', { windo: 8, idempotnt: true }, /unknown member (windo|idempotnt): did you mean/],
  ['a hook that is none', { taskMatch: true }, /has taskMatch true: it must be a function$/],
  [
    'a taskMatch that is async',
    { taskMatch: async () => false },
    /has an async taskMatch: it must return a value at once/,
  ],
  ['a requestOfTask that is async', { requestOfTask: async () => 1 }, /has an async requestOfTask/],
  ['a useResponse that is async', { useResponse: async () => ({ type: 'end' }) }, /has an async useResponse/],
  ['a relative url', { url: './kind.js' }, /has url '\.\/kind\.js': it must be an absolute URL/],
  ['an empty url', { url: '' }, /has url '': it must be an absolute URL/],
  ['a url that is none', { url: 7 }, /has url 7: it must be an absolute URL/],
];

for (const [what, members, message] of wrongKinds) {
  test(`createPool refuses a kind with ${what}`, (t) => {
    const kind = { ...jobs(), ...members } as Kind<JobTypes>;
    t.throws(() => opener(t, 'inline')(kind), { instanceOf: UsageError, message });
  });
}

test('a kind may hold data of its own, and be an instance of a class with methods of its own', async (t) => {
  const base = jobs();
  class Counted {
    readonly name = 'counted';
    readonly url = base.url;
    readonly cache = new Map();
    readonly limits = [1, 2];
    requestOfTask = base.requestOfTask;
    perform = base.perform;
    count(): number {
      return this.cache.size;
    }
  }
  t.is(await opener(t, 'inline')(new Counted() as unknown as Kind<JobTypes>).run(echo(1)), 1);
});

onEveryHost('a hook that returns a promise fails its task, which is not performed', async (t, open) => {
  const later = <T>(value: T) => Promise.resolve(value) as never;
  const promise = { code: 'KIND', message: /returned a promise: it must return a value at once/ };
  const run = (functions: Partial<Kind<JobTypes>>) => errorOf(open(jobs(functions)).run(echo(1)));
  for (const [hook, functions] of Object.entries({
    taskMatch: { taskMatch: () => later(true) },
    requestOfTask: { requestOfTask: () => later(1) },
    useResponse: { useResponse: () => later({ type: 'end' }) },
    affinity: { affinity: () => later('key') },
    affinityOfCompetence: { affinityOfCompetence: () => later('key') },
  })) {
    const error = await run(functions);
    t.is(error.code, promise.code, hook);
    t.is(error.hook, hook);
    t.regex(error.message, promise.message);
  }
});

onEveryHost('a key that is no text fails its task: it would be found under no key', async (t, open) => {
  const error = await errorOf(open(jobs({ affinity: () => 5 as never })).run(echo(1)));
  t.like(error, { code: 'KIND', hook: 'affinity' });
  t.regex(error.message, /affinity returned 5: it must be a string, or undefined/);
});

onEveryHost('a verdict with a misspelt member fails its task', async (t, open) => {
  const verdict = () => ({ type: 'stay', competence: 1, task: [echo(2)] }) as never;
  const error = await errorOf(open(jobs()).run(echo(1, { verdict })));
  t.like(error, { code: 'KIND', hook: 'useResponse' });
  t.regex(
    error.message,
    /unknown member task: did you mean tasks\?; it may have type, competence, tasks, result, error$/,
  );
});
