import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import test from 'ava';
import { createPool, UsageError } from 'statepool';
import { startWorkManager, workManager } from 'statepool/tokens';
import { echo, jobs } from '../support/jobs.ts';
import { onEachManager, PlainClient, startOurs, untilUsed, usedIn } from '../support/managers.ts';
import { codes } from '../support/outcome.ts';
import { opener } from '../support/pool.ts';
import { logFor, mostIn, type RunningTask, running } from '../support/running.ts';

onEachManager(
  'two pools of 4 with 2 tokens never perform more than 2 tasks at once, whatever dies',
  async (t, start) => {
    const env = await start(t, 2);
    const log = logFor(t);
    const open = opener(t, 'process');
    const pools = [
      open(running, { size: 4, tokens: workManager(env) }),
      open(running, { size: 4, tokens: workManager(env), tokenPriority: 'high' }),
    ];
    const tasks = (i: number): RunningTask => ({
      log,
      ...(i < 2 ? { meet: 2 } : {}),
      die: i % 7 === 3,
      ...(i % 5 === 0 ? { verdict: 'end' } : {}),
    });
    const outcomes = codes(pools.flatMap((pool) => Array.from({ length: 20 }, (_, i) => pool.run(tasks(i)))));
    // Running tasks are cancelled too: their workers are killed.
    const { signal, abort } = abortable();
    const cancelled = codes([(pools[0] as (typeof pools)[0]).run({ log, work: 2 ** 30 }, { signal })]);
    const list = await outcomes;
    abort();
    t.deepEqual(await cancelled, ['CANCELLED']);
    t.is(list.filter((code) => code === 'WORKER_DIED').length, 6);
    t.is(list.filter((code) => code === 'done').length, 34);
    t.is(mostIn(log), 2);
    for (const pool of pools) await pool.join();
    await untilUsed(env, 0);
    t.log(`never more than ${mostIn(log)} of 2 at once; ${await usedIn(env)} in use after 6 deaths`);
  },
);

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

onEachManager('the tokens of a program that is killed are free again', async (t, start) => {
  const env = await start(t, 2);
  const program = new URL('../fixtures/scripts/hold-tokens.js', import.meta.url).pathname;
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  const holder = spawn(process.execPath, [program, logFor(t)], { env: { ...process.env, ...env }, stdio: [...stdio] });
  t.teardown(() => holder.kill('SIGKILL'));
  await untilUsed(env, 2);
  const log = logFor(t);
  const tokens = workManager(env);
  const pool = opener(t, 'process')(running, { size: 2, tokens });
  const results = [pool.run({ log }), pool.run({ log })];
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await Promise.all(results);
  await untilUsed(env, 0);
  t.log(`${await usedIn(env)} of 2 tokens in use after kill -9 of their holder`);
  t.is(pool.stats.completed, 2);
});

onEachManager('a client that closes while it waits gets its token, and gives it back', async (t, start) => {
  const env = await start(t, 1);
  const holder = new PlainClient(env);
  t.is(await holder.ask('GET 1'), 'TOKENS 1');
  const tokens = workManager(env);
  const giveUp = tokens?.ask(1, 'low', () => t.fail('it gave up'));
  giveUp?.();
  const closed = tokens?.close();
  holder.write('GIVEBACK 1\n');
  await Promise.all([closed, tokens?.close()]);
  await untilUsed(env, 0);
  // A pool that outlives its source has no budget.
  await new Promise<void>((resolve) => tokens?.ask(1, 'low', () => resolve()));
  t.is(await holder.ask('TRYGET 1'), 'TOKENS 1');
  holder.end();
});

test('a token that goes back wakes as many as wait for it', async (t) => {
  t.timeout(60_000);
  const env = await startOurs(t, 2);
  const [holder, low, high] = [new PlainClient(env), new PlainClient(env), new PlainClient(env, 'HELLO HIGH\n')];
  t.is(await holder.ask('GET 5'), 'TOKENS 2');
  t.is(await holder.ask('TRYGET 1'), 'NOLUCK');
  const order: string[] = [];
  const both = [low.ask('GET 1').then(() => order.push('low')), high.ask('GET 1').then(() => order.push('high'))];
  // Both requests have arrived: a later connection has been answered.
  t.is(await usedIn(env), 2);
  holder.write('GIVEBACK 2\n');
  await Promise.all(both);
  t.is(await usedIn(env), 2);
  for (const client of [holder, low, high]) client.end();
  await untilUsed(env, 0);
});

test('the place of a client that is gone goes to nobody', async (t) => {
  t.timeout(60_000);
  const env = await startOurs(t, 1);
  const holder = new PlainClient(env);
  t.is(await holder.ask('GET 1'), 'TOKENS 1');
  const gone = new PlainClient(env);
  gone.write('GET 1\n');
  await usedIn(env);
  gone.end();
  await gone.closed;
  const next = new PlainClient(env);
  holder.write('GIVEBACK 1\n');
  await untilUsed(env, 0);
  t.is(await next.ask('TRYGET 1'), 'TOKENS 1');
  for (const client of [holder, next]) client.end();
});

test('a client that says nothing, or half a line, holds up nobody, and one without a hello is disconnected', async (t) => {
  t.timeout(60_000);
  const env = await startOurs(t, 1);
  const mute = new PlainClient(env, '');
  const half = new PlainClient(env, 'HELLO LOW\nGE');
  const client = new PlainClient(env);
  t.is(await client.ask('GET 1'), 'TOKENS 1');
  client.write('GIVEBACK 1\n');
  half.write('T 1\n');
  t.is(await half.line(), 'TOKENS 1');
  t.is(await mute.closed, 'closed');
  for (const each of [client, half]) each.end();
});

test('a client that breaks the protocol is disconnected, and its tokens are free', async (t) => {
  const env = await startOurs(t, 2);
  for (const line of ['GET 0', 'GET -1', 'GET x', 'GIVEBACK 1', 'HELLO LOW', 'nonsense', 'x'.repeat(1000)]) {
    const client = new PlainClient(env);
    client.write(line.length > 100 ? line : `${line}\n`);
    t.is(await client.closed, 'closed', line);
  }
  for (const hello of ['HELLO\n', 'GET 1\n', 'HELLO MIDDLE\n'])
    t.is(await new PlainClient(env, hello).closed, 'closed', hello);
  const client = new PlainClient(env);
  t.is(await client.ask('GET 2'), 'TOKENS 2');
  client.write('GIVEBACK 3\n');
  await client.closed;
  await untilUsed(env, 0);
  t.pass();
});

test('without a manager in the environment there is no budget', (t) => {
  t.is(workManager({}), undefined);
  t.is(workManager({ ROCQWORKMGR_SOCK: '', COQWORKMGR_SOCK: '' }), undefined);
});

test('an address that is none is refused', async (t) => {
  for (const address of ['7000', 'localhost', 'localhost:', ':7000', 'localhost:0', 'localhost:70000'])
    t.throws(() => workManager({ ROCQWORKMGR_SOCK: address }), {
      instanceOf: UsageError,
      message: /^ROCQWORKMGR_SOCK is '.*': it must be a host and a port, .*; or unset it$/,
    });
  t.throws(() => workManager({ COQWORKMGR_SOCK: 'localhost:1', STATEPOOL_TOKENS: 'lax' }), {
    message: /^STATEPOOL_TOKENS is 'lax': the only value is strict/,
  });
  await t.throwsAsync(startWorkManager(0), { instanceOf: UsageError, message: /^the work manager got 0: it must be/ });
});

/** Collects the warnings about sources of tokens. */
function warningsIn(t: { teardown(end: () => void): void }): string[] {
  const warnings: string[] = [];
  const listen = (warning: Error & { code?: string }) => {
    if (warning.code === 'STATEPOOL_TOKENS') warnings.push(warning.message);
  };
  process.on('warning', listen);
  t.teardown(() => process.off('warning', listen));
  return warnings;
}

test.serial('a manager that is not there, or goes, limits nothing, and is warned of once', async (t) => {
  const warnings = warningsIn(t);
  const manager = await startWorkManager(1);
  const tokens = workManager(manager.env);
  await using pool = createPool(jobs(), { size: 2, host: 'inline', tokens });
  t.is(await pool.run(echo(1)), 1);
  await manager.close();
  t.deepEqual(await Promise.all([2, 3, 4].map((n) => pool.run(echo(n)))), [2, 3, 4]);
  t.is(warnings.length, 1);
  t.regex(
    warnings[0] ?? '',
    /^the work manager at 127\.0\.0\.1:\d+ has failed: .*; the program goes on without a budget/,
  );
});

test.serial('a manager that writes nonsense limits nothing, and is warned of', async (t) => {
  const warnings = warningsIn(t);
  const server = net.createServer((socket) => socket.on('error', () => {}).end('TOKENS many\n'));
  server.listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  await using pool = createPool(jobs(), {
    host: 'inline',
    size: 1,
    tokens: workManager({ COQWORKMGR_SOCK: `127.0.0.1:${port}` }),
  });
  t.is(await pool.run(echo(1)), 1);
  t.regex(warnings.join(), /it wrote 'TOKENS many', and TOKENS 1 to 1 was expected/);
});

test.serial(
  'with STATEPOOL_TOKENS=strict tasks wait for a manager that has gone, and go on when it is back',
  async (t) => {
    const warnings = warningsIn(t);
    const serve = async (port: number, tokens: number) => {
      const server = net.createServer((socket) => {
        socket
          .on('error', () => {})
          .on('data', (text) => {
            if (tokens > 0 && String(text).includes('GET')) socket.write('TOKENS 1\n');
            else if (tokens === 0) socket.destroy();
          });
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return server;
    };
    const broken = await serve(0, 0);
    const { port } = broken.address() as net.AddressInfo;
    const tokens = workManager({ COQWORKMGR_SOCK: `127.0.0.1:${port}`, STATEPOOL_TOKENS: 'strict' });
    await using pool = createPool(jobs(), { host: 'inline', size: 1, tokens });
    const result = pool.run(echo(1));
    const [warning] = (await once(process, 'warning')) as [Error];
    t.regex(warning.message, /tasks wait for it, because STATEPOOL_TOKENS is strict$/);
    t.is(pool.queued, 1);
    broken.close();
    await once(broken, 'close');
    const back = await serve(port, 1);
    t.teardown(() => back.close());
    t.is(await result, 1);
    t.is(warnings.length, 1);
    await tokens?.close();
  },
);
