import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'ava';
import { WebSocket } from 'ws';
import { bin, folderOf, statepool } from '../support/cli.ts';
import { noRedis, startRedis } from '../support/engines/redis.ts';
import { FLEET_KIND } from '../support/fleet.ts';
import { processesOf } from '../support/fleet-processes.ts';
import { socketOf } from '../support/viewer.ts';

const kind = new URL(FLEET_KIND).pathname;

test('a command without a broker says where to name it', async (t) => {
  const { code, stderr } = await statepool(['status']);
  t.is(code, 2);
  t.is(stderr, 'statepool: there is no broker: name its address with --broker, or in the variable STATEPOOL_BROKER\n');
});

test('no command prints the password of a broker that does not answer', async (t) => {
  t.timeout(60_000);
  const broker = ['--broker', 'redis://user:geheim@127.0.0.1:1'];
  const folder = folderOf(t, { tasks: '{}\n' });
  for (const args of [['serve', kind], ['run', kind, '--tasks', `${folder}/tasks`], ['status']]) {
    const { code, stdout, stderr } = await statepool([...args, ...broker]);
    t.is(code, 2);
    t.regex(stderr, /^statepool: .*cannot be reached.*\n$/);
    t.false(`${stdout}${stderr}`.includes('geheim'));
  }
});

(noRedis === undefined ? test : test.skip)('tasks of a file run on a fleet, and status shows its node', async (t) => {
  const engine = await startRedis();
  t.teardown(() => engine.stop());
  const { node, prefix, begun, log } = processesOf(t, engine);
  const { child, words, ended } = await node(['--name', 'one', '--inspect']);
  const at = ['--broker', engine.url, '--prefix', prefix];
  const lines = [1, 2, 3].map((value) => JSON.stringify({ key: `k${value}`, value, log })).join('\n');
  const folder = folderOf(t, { tasks: `${lines}\n{"do":"fail"}\n` });
  const args = ['run', kind, '--tasks', `${folder}/tasks`, '--resume', ...at];
  for (let round = 0; round < 2; round++) {
    const { code, stdout } = await statepool(args);
    t.is(code, 1);
    t.regex(stdout, /^\{"result":1\}\n\{"result":2\}\n\{"result":3\}\n\{"error":\{.*"PERFORM".*\n$/);
  }
  // With --resume the second round has run nothing.
  t.deepEqual([...begun().values()], [1, 1, 1]);
  const text = await statepool(['status', ...at]);
  t.regex(text.stdout, /^fleet-jobs: 0 waiting, 0 active, 0 parked\n {2}one: .*3 done, 1 failed, 0 lost; \d+ s old\n$/);
  const json = await statepool(['status', 'fleet-jobs', '--json', ...at]);
  t.like(JSON.parse(json.stdout), { kind: 'fleet-jobs', waiting: 0, nodes: [{ name: 'one', completed: 3 }] });
  // The address of an inspector gives access.
  t.false(`${text.stdout}${json.stdout}`.includes('token'));
  const shown = spawn(process.execPath, [bin, 'status', '--inspect', ...at], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.teardown(() => shown.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: shown.stderr }), 'line')) as [string];
  const viewer = new WebSocket(socketOf({ url: line.replace('inspector: ', '') }, '/ws'));
  const [first] = await once(viewer, 'message');
  const page = /http\S+/.exec(words())?.[0];
  t.like(JSON.parse(String(first)), { type: 'fleet', kind: 'fleet-jobs', nodes: [{ name: 'one', page }] });
  const exit = once(shown, 'exit');
  shown.kill('SIGTERM');
  t.deepEqual(await exit, [0, null]);
  child.kill('SIGTERM');
  t.is(await ended, 0);
  t.true(words().includes('the node has left the fleet'));
});
