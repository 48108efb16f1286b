import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { ended } from '../support/cli.ts';
import { noRedis, startRedis } from '../support/engines/redis.ts';
import { blocksIn, folderOfPage } from '../support/page.ts';

const PAGE = 'fleet.md';

test('the program with a broker in memory prints what it should', async (t) => {
  t.timeout(60_000);
  const { code, stdout, stderr } = await ended(
    spawn(process.execPath, ['in-memory.js'], { cwd: folderOfPage(t, PAGE) }),
  );
  t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '42\n', stderr: '' });
});

test('the pod lives longer than a node needs to drain', (t) => {
  const [manifest = ''] = blocksIn(PAGE, 'yaml');
  const grace = Number(/--grace\W+(\d+)/.exec(manifest)?.[1]);
  const period = Number(/terminationGracePeriodSeconds: (\d+)/.exec(manifest)?.[1]);
  t.true(grace > 0 && period * 1000 > grace);
  t.regex(manifest, /secretKeyRef/);
});

const onRedis = noRedis === undefined ? test : test.skip;
onRedis(noRedis ?? 'a node and a submitter of the page work over Redis, and the node drains at SIGTERM', async (t) => {
  t.timeout(60_000);
  const engine = await startRedis();
  t.teardown(() => engine.stop());
  const cwd = folderOfPage(t, PAGE);
  const env = { ...process.env, STATEPOOL_BROKER: engine.url };
  const node = spawn(process.execPath, ['node.js'], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  t.teardown(() => node.kill('SIGKILL'));
  const { code, stdout, stderr } = await ended(spawn(process.execPath, ['submit.js'], { cwd, env }));
  t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '40 42 44\n', stderr: '' });
  const exited = once(node, 'exit');
  node.kill('SIGTERM');
  t.deepEqual(await exited, [0, null]);
});
