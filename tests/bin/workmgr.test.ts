import { spawn } from 'node:child_process';
import test from 'ava';
import { bin, ended, statepool } from '../support/cli.ts';
import { PlainClient } from '../support/managers.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`workmgr prints both variables, shares its job slots, and ends at ${signal}`, async (t) => {
    const child = spawn(process.execPath, [bin, 'workmgr', '-j', '2'], { stdio: ['ignore', 'pipe', 'pipe'] });
    t.teardown(() => child.kill('SIGKILL'));
    const end = ended(child);
    const text = await new Promise<string>((resolve) => {
      let all = '';
      child.stdout.on('data', (data) => {
        all += data;
        if (all.split('\n').length === 3) resolve(all);
      });
    });
    const [, port] = /^ROCQWORKMGR_SOCK=127\.0\.0\.1:(\d+)\nCOQWORKMGR_SOCK=127\.0\.0\.1:\1\n$/.exec(text) ?? [];
    t.truthy(port, text);
    const client = new PlainClient({ COQWORKMGR_SOCK: `127.0.0.1:${port}` });
    t.is(await client.ask('GET 3'), 'TOKENS 2');
    t.regex(await client.ask('PING'), /^PONG 2 2 \d+$/);
    await client.closed;
    child.kill(signal);
    const { code, stderr } = await end;
    t.is(code, 0);
    t.regex(stderr, /^statepool workmgr: 2 job slots; set both variables/);
  });
}

test('workmgr needs a number of job slots', async (t) => {
  for (const args of [[], ['-j'], ['-j', '0'], ['-j', 'x'], ['-j', '-1']]) {
    const { code, stderr, stdout } = await statepool(['workmgr', ...args]);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, /^statepool: .*-j, --jobs <n>.*\n$/, args.join(' '));
  }
});
