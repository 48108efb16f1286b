import test from 'ava';
import { createPool, type PoolOptions, StatepoolError } from 'statepool';
import { jobs } from '../../support/jobs.ts';
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
