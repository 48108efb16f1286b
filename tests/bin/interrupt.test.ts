import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { ended, folderOf } from '../support/cli.ts';
import { isAlive } from '../support/witness.ts';

const bin = fileURLToPath(new URL('../../dist/bin/statepool.js', import.meta.url));
const loop = `export default {
  name: 'loop', url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform() {
    console.log('looping in', process.pid);
    for (;;);
  },
};`;

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} ends the command cleanly: each task has its line, and no worker is left, not even one that loops`, async (t) => {
    const cwd = folderOf(t, { 'loop.mjs': loop, 'tasks.jsonl': '1\n2\n3\n' });
    const args = ['run', 'loop.mjs', '--tasks', 'tasks.jsonl', '--size', '2', '--host', 'process'];
    const child = spawn(process.execPath, [bin, ...args], { cwd });
    const end = ended(child);
    const pids = await new Promise<number[]>((resolve) => {
      let stderr = '';
      child.stderr.on('data', (data) => {
        stderr += data;
        const found = [...stderr.matchAll(/looping in (\d+)\n/g)].map(([, pid]) => Number(pid));
        if (found.length === 2) resolve(found);
      });
    });
    child.kill(signal);
    const { stdout, ...ending } = await end;
    t.is(ending.code, code);
    const lines = stdout.trim().split('\n');
    t.deepEqual(
      lines.map((line) => JSON.parse(line).error.code),
      ['CANCELLED', 'CANCELLED', 'CANCELLED'],
    );
    t.deepEqual(pids.map(isAlive), [false, false]);
  });
}

test('a person who types the tasks need not end the input after an interrupt', async (t) => {
  const cwd = folderOf(t, { 'echo.mjs': loop.replace('for (;;);', '') });
  const child = spawn(process.execPath, [bin, 'run', 'echo.mjs', '--size', '1', '--host', 'thread'], { cwd });
  t.teardown(() => child.stdin.end());
  child.stdin.write('1\n');
  const end = new Promise((resolve) => child.on('close', resolve));
  child.stderr.on('data', () => child.kill('SIGINT'));
  t.is(await end, 130);
});
