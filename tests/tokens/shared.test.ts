import test from 'ava';
import { createPool, UsageError } from 'statepool';
import { sharedTokens, type TokenSource } from 'statepool/tokens';
import { echo, hold, jobs } from '../support/jobs.ts';
import { codes } from '../support/outcome.ts';
import { type AnyPool, onEachHost, onEveryHost } from '../support/pool.ts';
import { logFor, mostIn, running } from '../support/running.ts';
import { Notes } from '../support/witness.ts';

/** Waits until grants that are due have been told. */
const granted = () => new Promise<void>((resolve) => setImmediate(resolve));

test('tokens go to those that ask, as long as there are any, and the first one that waits is the next', async (t) => {
  const tokens = sharedTokens(2);
  const got: string[] = [];
  tokens.ask(1, 'low', (n) => got.push(`a ${n}`));
  tokens.ask(2, 'low', (n) => got.push(`b ${n}`));
  tokens.ask(1, 'low', (n) => got.push(`c ${n}`));
  await granted();
  t.deepEqual(got, ['a 1', 'b 1']);
  t.true(tokens.isContended);
  tokens.give(2);
  await granted();
  t.deepEqual(got, ['a 1', 'b 1', 'b 1', 'c 1']);
  t.false(tokens.isContended);
  tokens.give(2);
  t.is(tokens.left, 2);
});

test('a high priority goes before a low one', async (t) => {
  const tokens = sharedTokens(1);
  const got: string[] = [];
  tokens.ask(1, 'low', () => got.push('first'));
  await granted();
  tokens.ask(1, 'low', () => got.push('low'));
  tokens.ask(1, 'high', () => got.push('high'));
  tokens.give(1);
  await granted();
  t.deepEqual(got, ['first', 'high']);
});

test('who gives up the wait is granted nothing', async (t) => {
  const tokens = sharedTokens(1);
  const got: string[] = [];
  tokens.ask(1, 'low', () => got.push('a'))();
  const giveUp = tokens.ask(2, 'low', () => got.push('b'));
  await granted();
  giveUp();
  tokens.give(1);
  await granted();
  t.deepEqual(got, ['b']);
  t.is(tokens.left, 1);
});

test('a budget has at least one token', (t) => {
  for (const n of [0, -1, 1.5, Number.NaN, '2'] as number[])
    t.throws(() => sharedTokens(n), {
      instanceOf: UsageError,
      message: /^sharedTokens got .*: it must be a whole number/,
    });
});

test('an option that is no source of tokens is refused', (t) => {
  for (const tokens of [2, {}, 'shared', { ask() {} }] as never[])
    t.throws(() => createPool(jobs(), { size: 0, tokens }), {
      instanceOf: UsageError,
      message: /tokens.*must be a source of statepool\/tokens, such as sharedTokens\(2\)/,
    });
  t.throws(() => createPool(jobs(), { size: 0, tokenPriority: 'middle' as never }), {
    message: /tokenPriority.*'low', 'high'/,
  });
});

onEachHost('two pools of 4 never perform more tasks at once than there are tokens', async (t, open) => {
  const log = logFor(t);
  const tokens = sharedTokens(2);
  const pools = [open(running, { size: 4, tokens }), open(running, { size: 4, tokens })];
  const results = pools.flatMap((pool) => [
    ...[1, 2].map(() => pool.run({ log, meet: 2 })),
    ...Array.from({ length: 20 }, () => pool.run({ log })),
  ]);
  await Promise.all(results);
  t.is(mostIn(log), 2);
  t.is(tokens.left, 2);
});

onEveryHost('a pool whose tasks wait for a token is not stalled, and goes on when there is one', async (t, open) => {
  const tokens = sharedTokens(1);
  let giveUp = () => {};
  await new Promise<void>((resolve) => {
    giveUp = tokens.ask(1, 'low', () => resolve());
  });
  const pool = open(jobs(), { size: 2, tokens });
  pool.on('stalled', () => t.fail('it is stalled'));
  await pool.ready();
  const results = [pool.run(echo(1)), pool.run(echo(2))];
  await granted();
  t.is(pool.queued, 2);
  t.true(tokens.isContended);
  giveUp();
  tokens.give(1);
  t.deepEqual(await Promise.all(results), [1, 2]);
  await pool.join();
  t.is(tokens.left, 1);
});

onEachHost('the pool with the high priority gets the next token', async (t, open) => {
  const tokens = sharedTokens(1);
  const kind = jobs();
  const pools = [open(kind, { tokens }), open(kind, { tokens }), open(kind, { tokens, tokenPriority: 'high' })];
  await Promise.all(pools.map((pool) => pool.ready()));
  const order: string[] = [];
  const begun = new Notes(pools[0] as AnyPool).begun('a');
  const note = (name: string) => () => void order.push(name);
  const [first, low, high] = pools as [(typeof pools)[0], (typeof pools)[0], (typeof pools)[0]];
  const ends = [first.run(hold('a')).then(note('a'))];
  await begun;
  ends.push(low.run(echo(1)).then(note('low')));
  await granted();
  ends.push(high.run(echo(1)).then(note('high')));
  await granted();
  first.forwardFeedback({ open: 'a' });
  await Promise.all(ends);
  t.deepEqual(order, ['a', 'high', 'low']);
});

onEachHost('tasks of different workers take turns with one token', async (t, open) => {
  // Each worker takes only the tasks of its own key, and the first key has many.
  const kind = jobs({ affinity: (task) => String(task.of) });
  const tokens = sharedTokens(1);
  const pool = open(kind, { size: 2, tokens });
  const order: unknown[] = [];
  const of = (key: string) => pool.run(echo(key, { of: key })).then((value) => order.push(value));
  await Promise.all([
    ...Array.from({ length: 4 }, () => of('a')),
    of('b'),
    ...Array.from({ length: 4 }, () => of('a')),
  ]);
  t.is(order.indexOf('b'), 4);
  t.is(tokens.left, 1);
});

onEveryHost('tasks that are cancelled while they wait for a token leave no wait behind', async (t, open) => {
  const tokens = sharedTokens(1);
  await new Promise<void>((resolve) => tokens.ask(1, 'low', () => resolve()));
  const pool = open(jobs(), { size: 2, tokens });
  await pool.ready();
  const outcomes = codes([pool.run(echo(1)), pool.run(echo(2))]);
  await granted();
  t.true(tokens.isContended);
  pool.cancelAll();
  t.deepEqual(await outcomes, ['CANCELLED', 'CANCELLED']);
  t.false(tokens.isContended);
  tokens.give(1);
  await granted();
  t.is(tokens.left, 1);
});

test('a source that throws is warned of once, and limits nothing', async (t) => {
  const warnings: string[] = [];
  const listen = (warning: Error & { code?: string }) => {
    if (warning.code === 'STATEPOOL_TOKENS') warnings.push(warning.message);
  };
  process.on('warning', listen);
  t.teardown(() => process.off('warning', listen));
  const broken = () => {
    throw new Error('no budget here');
  };
  const tokens = { ask: broken, give: broken, isContended: true, close: async () => {} };
  await using pool = createPool(jobs(), { size: 2, host: 'inline', tokens });
  t.deepEqual(await Promise.all([1, 2, 3].map((n) => pool.run(echo(n)))), [1, 2, 3]);
  await granted();
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? '', /^jobs: the source of tokens threw no budget here; the pool goes on without a budget/);
});

onEachHost('the environment that a source names is that of the workers, behind the option env', async (t, open) => {
  const shared = sharedTokens(1);
  const env = { FROM_SOURCE: 'source', FROM_BOTH: 'source' };
  const tokens: TokenSource = {
    ask: (n, priority, onGrant) => shared.ask(n, priority, onGrant),
    give: (n) => shared.give(n),
    isContended: false,
    env,
    close: () => shared.close(),
  };
  const pool = open(jobs(), { tokens, env: { FROM_BOTH: 'option' } });
  const read = (name: string) => pool.run({ do: 'env', name });
  t.deepEqual(await Promise.all([read('FROM_SOURCE'), read('FROM_BOTH')]), ['source', 'option']);
});
