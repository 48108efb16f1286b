import { spawnSync } from 'node:child_process';
import test from 'ava';
import { addressOf, withoutPassword } from '../../../fleet/bullmq/connection/address.ts';
import { loadBullmq } from '../../../fleet/bullmq/connection/load-bullmq.ts';
import { openBroker } from '../../../fleet/bullmq/open.ts';
import { FleetError } from '../../../fleet/errors.ts';
import { freePort } from '../../support/engines/engine.ts';
import { root } from '../../support/sources.ts';

const SECRET = 'p@ss%word/1';
const hidden = encodeURIComponent(SECRET);

test('an address says its engine, and is shown without its password', (t) => {
  t.like(addressOf(`redis://user:${hidden}@host:6379/2`), { engine: 'redis', shown: 'redis://user@host:6379/2' });
  t.like(addressOf(`rediss://:${hidden}@host`), { engine: 'redis', shown: 'rediss://host' });
  t.like(addressOf(`postgresql://me:${hidden}@host/db?password=x`), {
    engine: 'postgres',
    shown: 'postgresql://me@host/db',
  });
  t.like(addressOf('/run/redis.sock'), { engine: 'redis', url: '/run/redis.sock' });
  t.like(addressOf('unix:///run/redis.sock'), { engine: 'redis', url: '/run/redis.sock' });
});

test('a text that is no address is refused without being shown', (t) => {
  for (const [text, shown] of [
    [`amqp://user:${SECRET}@host`, 'an address that begins with amqp:'],
    [`user ${SECRET}`, 'the given text'],
    [`redis://user:${SECRET}@host`, 'write the letters @ : / ? # % of a password as %40'],
    [`redis://user:12/${SECRET}@host`, 'write the letters'],
    [`redis://host:bad/${SECRET}`, 'an address that begins with redis:'],
  ] as const) {
    const error = t.throws(() => addressOf(text), { instanceOf: FleetError });
    t.is(error?.code, 'USAGE');
    t.true(error?.message.includes(shown), error?.message);
    t.false(error?.message.includes(SECRET));
  }
});

test('no password is left in the words of a driver', (t) => {
  const address = addressOf(`postgres://me:${hidden}@host/db?password=other`);
  const text = `failed for ${address.url}: ${hidden} or ${SECRET} or other`;
  t.is(withoutPassword(text, address), 'failed for postgres://me@host/db: *** or *** or ***');
});

for (const engine of ['redis', 'postgres']) {
  test(`an engine that is not there is named without its password: ${engine}`, async (t) => {
    const port = await freePort();
    const url = `${engine}://me:${hidden}@127.0.0.1:${port}/${engine === 'redis' ? 0 : 'db'}`;
    const error = await t.throwsAsync(openBroker(url, { answer: 600 }), { instanceOf: FleetError });
    t.is(error?.code, 'UNREACHABLE');
    t.true(error?.message.startsWith(`the broker at ${engine}://me@127.0.0.1:${port}/`), error?.message);
    t.regex(String(error?.message), /ECONNREFUSED/);
    for (const word of [SECRET, hidden]) t.false(JSON.stringify([error?.message, error?.stack]).includes(word));
  });
}

test('wrong options are refused in one line', async (t) => {
  const url = 'redis://127.0.0.1:1';
  const wrong: Array<[object, RegExp]> = [
    [{ prefix: 'a b' }, /^prefix must consist of letters, digits and _.*, not "a b"$/],
    [{ answer: 10 }, /^answer must be a time of 500 ms or more, not 10$/],
    [{ lease: Number.NaN }, /^lease must be a time of 100 ms or more, not NaN$/],
    [{ leese: 1 }, /^there is no option leese of openBroker: did you mean lease\?/],
  ];
  for (const [options, message] of wrong)
    await t.throwsAsync(openBroker(url, options), { code: 'USAGE', message } as object);
});

test('a missing package is named with the command that installs it', async (t) => {
  const load = (missing: string) => (name: string, install: string) => {
    if (name.split('/')[0] === missing)
      throw new FleetError('MISSING', `the broker needs the package ${missing}: ${install}`);
    return { version: '6.7.1' };
  };
  await t.throwsAsync(loadBullmq('redis', load('bullmq')), { message: /npm install bullmq@~6\.7\.0 ioredis$/ });
  await t.throwsAsync(loadBullmq('redis', load('ioredis')), { message: /the package ioredis: npm install/ });
  await t.throwsAsync(loadBullmq('postgres', load('pg')), { message: /npm install bullmq@~6\.7\.0 pg$/ });
  await t.notThrowsAsync(loadBullmq('postgres', load('ioredis')));
});

test('a version of BullMQ that was not tried is refused', async (t) => {
  for (const version of ['6.8.0', '5.7.0', '6.70.0']) {
    const error = await t.throwsAsync(
      loadBullmq('redis', () => ({ version })),
      { instanceOf: FleetError },
    );
    t.is(error?.code, 'MISSING');
    t.is(
      error?.message,
      `the fleet was tried with bullmq 6.7, and bullmq ${version} is installed: npm install bullmq@~6.7.0 ioredis`,
    );
  }
});

test('nothing of BullMQ is loaded before a broker is opened', (t) => {
  const program = `
    await import('statepool');
    await import('${new URL('dist/fleet/bullmq/open.js', `file://${root}`)}');
    const { createRequire } = await import('node:module');
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((each) => /node_modules.(bullmq|ioredis|pg)\\b/.test(each));
    console.log(loaded.length);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    encoding: 'utf8',
  });
  t.is(stdout.trim(), '0', stderr);
});
