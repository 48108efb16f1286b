import test from 'ava';
import { createPool, type PoolOf, type PoolOptions, StatepoolError } from 'statepool';
import { echo, type JobTypes, jobs } from '../../support/jobs.ts';
import { errorOf } from '../../support/outcome.ts';
import { runScript } from '../../support/script.ts';

const wrongOptions: readonly [what: string, options: unknown, message: RegExp][] = [
  ['an option that does not exist', { sise: 1 }, /no option sise.*size/],
  ['a negative size', { size: -1 }, /size is -1.*0 to 4096/],
  ['a size that is no whole number', { size: 1.5 }, /size is 1.5/],
  ['a size that is no number', { size: '2' }, /size is '2'/],
  ['a size beyond the limit', { size: 4097 }, /size is 4097/],
  ['an unknown host', { host: 'cluster' }, /host is 'cluster'.*process, thread, inline/],
  ['a host that is a name of Object', { host: 'toString' }, /host is 'toString'/],
  ['a negative maxQueue', { maxQueue: -1 }, /maxQueue is -1/],
  ['a maxQueue that is NaN', { maxQueue: Number.NaN }, /maxQueue is NaN/],
  ['an endless killGrace', { killGrace: Number.POSITIVE_INFINITY }, /killGrace is Infinity/],
  ['a negative endGrace', { endGrace: -1 }, /endGrace is -1.*0 to 2147483647/],
  ['an endless endGrace', { endGrace: Number.POSITIVE_INFINITY }, /endGrace is Infinity/],
  ['negative retries', { retries: -1 }, /retries is -1/],
  ['a negative startTimeout', { startTimeout: -5 }, /startTimeout is -5/],
  ['a list in the place of limits', { recycle: [] }, /recycle is \[\].*an object/],
  ['a misspelt memory limit', { resourceLimits: { maxOldGenerationSizeMB: 64 } }, /mean maxOldGenerationSizeMb/],
  ['a memory limit of 0', { resourceLimits: { maxOldGenerationSizeMb: 0 } }, /maxOldGenerationSizeMb is 0.*above 0/],
  ['a stack on which Node crashes', { resourceLimits: { stackSizeMb: 0.2 } }, /stackSizeMb is 0\.2.*at least 0\.5/],
  ['a flag that is no text', { execArgv: ['--no-warnings', 1] }, /execArgv\[1\] is 1.*a string/],
  ['a variable that is no text', { env: { A: {} } }, /env\.A is \{\}.*a string, or undefined/],
  ['a variable without a value', { env: { A: null } }, /env\.A is null/],
  ['a variable with a null character', { env: { A: 'a\0' } }, /env\.A is 'a\\x00'/],
  ['a name of a variable with a =', { env: { 'A=B': 'c' } }, /a name in env is 'A=B'/],
  ['a journal that is no path', { journal: 5 }, /journal is 5.*the path of a file/],
  ['a journal without a path', { journal: { keep: 1 } }, /journal\.path is undefined.*the path of a file/],
  ['a wrong restart limit', { restart: { limit: -1 } }, /restart\.limit is -1/],
  ['a wrong restart delay', { restart: { delay: 'soon' } }, /restart\.delay is 'soon'/],
];

for (const [what, options, message] of wrongOptions) {
  test(`createPool refuses ${what}, and names the legal values`, (t) => {
    const error = t.throws(() => createPool(jobs(), options as PoolOptions), { instanceOf: StatepoolError });
    t.is(error?.code, 'USAGE');
    t.regex(error?.message ?? '', message);
  });
}

const notOptions: readonly [call: string, act: (pool: PoolOf<JobTypes>, options: never) => unknown][] = [
  ['createPool', (_pool, options) => createPool(jobs(), options)],
  ['run', (pool, options) => pool.run(echo(1), options)],
  ['runAll', (pool, options) => pool.runAll([echo(1)], options)],
  [
    'map',
    (pool, options) =>
      pool
        .map([echo(1)], options)
        [Symbol.asyncIterator]()
        .next(),
  ],
  ['close', (pool, options) => pool.close(options)],
  ['join', (pool, options) => pool.join(options)],
  ['slot', (pool, options) => pool.slot(options)],
];

for (const [call, act] of notOptions) {
  test(`${call} refuses options that are no object, such as a number of ms`, async (t) => {
    await using pool = createPool(jobs(), { size: 0, host: 'inline' });
    for (const options of [8000, null, 'soon', [1]]) {
      const error = await errorOf(Promise.resolve().then(() => act(pool, options as never)));
      t.like(error, { code: 'USAGE' });
      t.regex(error.message, new RegExp(`^the options argument of ${call} is .*: it must be an object$`));
    }
  });
}

test('setOrder refuses what is no function', async (t) => {
  await using pool = createPool(jobs(), { size: 0, host: 'inline' });
  t.throws(() => pool.setOrder('name' as never), { code: 'USAGE', message: /setOrder is 'name'.*a function/ });
});

const wrongKinds: readonly [what: string, kind: unknown, message: RegExp][] = [
  ['nothing', undefined, /got undefined/],
  ['null', null, /got null/],
  ['a function', () => {}, /got function/],
  ['a kind without a name', { ...jobs(), name: '' }, /"name"/],
  ['a kind without a url', { ...jobs(), url: undefined }, /lacks "url".*import\.meta\.url/],
  ['a kind without perform', { ...jobs(), perform: undefined }, /lacks "perform"/],
  ['a kind without requestOfTask', { ...jobs(), requestOfTask: 1 }, /lacks "requestOfTask"/],
  ['an end that is no function', { ...jobs(), end: true }, /has end true: it must be a function/],
  ['a window of 0', { ...jobs(), window: 0 }, /window 0.*1 to 1024/],
  ['a window that is no whole number', { ...jobs(), window: 2.5 }, /window 2\.5/],
];

for (const [what, kind, message] of wrongKinds) {
  test(`createPool refuses ${what}`, (t) => {
    const error = t.throws(() => createPool(kind as never), { instanceOf: StatepoolError });
    t.is(error?.code, 'USAGE');
    t.regex(error?.message ?? '', message);
  });
}

test('resize refuses a value that is not a size', async (t) => {
  await using pool = createPool(jobs(), { size: 0, host: 'inline' });
  t.throws(() => pool.resize(-1), { code: 'USAGE', message: /size is -1/ });
  t.throws(() => pool.resize(Number.NaN), { code: 'USAGE' });
  t.is(pool.size, 0);
});

test('serveKind throws in a program without a master', async (t) => {
  const { code, stdout } = await runScript('serve-alone.js');
  t.is(code, 0);
  t.regex(stdout, /^USAGE .*has no channel/);
});
