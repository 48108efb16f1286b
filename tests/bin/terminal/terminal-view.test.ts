import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { bin, ended, folderOf, onScreen, onTerminal, statepool } from '../../support/cli.ts';
import { screenOf } from '../../support/screen.ts';
import { Viewer } from '../../support/viewer.ts';

const kind = `export default {
  name: 'echo', url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform: (request) => request,
  nameOfTask: (task) => 'task ' + task,
};`;

/** Returns the address that a command prints on stderr. */
function addressOf(child: ChildProcess): Promise<{ url: string; port: number }> {
  return new Promise((resolve) => {
    let text = '';
    child.stderr?.on('data', (data) => {
      text += data;
      const url = /^inspector: (http:\/\/127\.0\.0\.1:(\d+)\/#token=[\w-]{22})$/m.exec(text);
      if (url?.[1] !== undefined) resolve({ url: url[1], port: Number(url[2]) });
    });
  });
}

const commands: Readonly<Record<string, readonly string[]>> = {
  run: ['run', '--inspect', 'kind.mjs', '--tasks', 'tasks.jsonl', '--size', '1'],
  prove: ['prove', '--inspect', 'goal.smt2', '--size', '1'],
  scenario: ['scenario', '--inspect', 'picky'],
};

for (const [name, args] of Object.entries(commands)) {
  test(`${name} --inspect prints one address, and waits for no viewer`, async (t) => {
    const cwd = folderOf(t, {
      'kind.mjs': kind,
      'tasks.jsonl': '1\n2\n',
      'goal.smt2': '(declare-const p Bool)(set-info :status sat)(assert p)(check-sat)',
    });
    const { code, stderr } = await statepool(args, { cwd });
    t.is(code, 0, stderr);
    t.regex(stderr, /^inspector: http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{22}\n$/);
  });
}

test('a port may be given, with and without =; a port in use is reported, and the work is done without the view', async (t) => {
  const cwd = folderOf(t, { 'kind.mjs': kind });
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.teardown(() => other.close());
  const port = String((other.address() as AddressInfo).port);
  for (const flags of [['--inspect', port], [`--inspect=${port}`]]) {
    const { code, stdout, stderr } = await statepool(['run', 'kind.mjs', ...flags], { cwd, input: '1\n' });
    t.is(stdout, '{"result":1}\n');
    t.is(stderr, `statepool: the inspector cannot use port ${port}: it is in use; port 0 takes any free port\n`);
    t.is(code, 2);
  }
});

test('with --inspect-wait nothing starts until a viewer connects, and then it sees everything', async (t) => {
  const cwd = folderOf(t, { 'kind.mjs': kind, 'tasks.jsonl': '1\n2\n3\n' });
  const args = [bin, 'run', 'kind.mjs', '--tasks', 'tasks.jsonl', '--size', '1', '--inspect-wait'];
  const child = spawn(process.execPath, args, { cwd });
  const address = addressOf(child);
  const end = ended(child);
  const viewer = new Viewer(t, await address);
  const full = await viewer.until(({ type }) => type === 'full');
  t.like(full, { header: { done: 0, running: 0, waiting: 0 } });
  const { code, stdout } = await end;
  t.is(code, 0);
  t.is(stdout, '{"result":1}\n{"result":2}\n{"result":3}\n');
  await viewer.closed;
  t.is(viewer.all.at(-1)?.type, 'ended');
  t.like(viewer.actors.get('echo:0:1'), { state: 'dead', end: 'ended by the pool', tasks: 3 });
});

test('a scenario with --inspect-wait starts when a viewer connects', async (t) => {
  const child = spawn(process.execPath, [bin, 'scenario', 'picky', '--inspect-wait']);
  const address = addressOf(child);
  const end = ended(child);
  const viewer = new Viewer(t, await address);
  await viewer.actor(({ competence }) => JSON.stringify(competence) === '{"ink":"red"}');
  const { code, stdout } = await end;
  t.is(code, 0, stdout);
});

test('--watch draws nothing if stderr is no terminal, and says so in one line', async (t) => {
  const cwd = folderOf(t, { 'kind.mjs': kind });
  const { code, stdout, stderr } = await statepool(['run', 'kind.mjs', '--watch'], { cwd, input: '1\n' });
  t.is(code, 0);
  t.is(stdout, '{"result":1}\n');
  t.is(stderr, 'statepool: --watch needs a terminal, but stderr is not a terminal\n');
});

onTerminal('--watch draws the pool on a terminal, prints results above it, and restores the cursor', async (t) => {
  const cwd = folderOf(t, { 'kind.mjs': kind, 'tasks.jsonl': '1\n2\n3\n' });
  const { code, stdout } = await onScreen('run kind.mjs --tasks tasks.jsonl --size 1 --watch', { cwd });
  t.is(code, 0, stdout);
  t.true(stdout.includes('\u001b[?25l'));
  t.regex(stdout, /echo.* running: \d waiting, \d running, \d done, 0 failed, \d+\/s/);
  t.regex(stdout, / {2}echo:0:1 (fresh|busy|old)/);
  // Only the results stay on the screen: each drawing is removed before the next output.
  t.deepEqual(screenOf(stdout), ['{"result":1}', '{"result":2}', '{"result":3}']);
  t.true(stdout.lastIndexOf('\u001b[?25h') > stdout.lastIndexOf('\u001b[?25l'));
  t.true(stdout.lastIndexOf('\u001b[?7h') > stdout.lastIndexOf('\u001b[?7l'));
});

onTerminal("--watch cuts its own lines on a narrow terminal, and never a result or a worker's output", async (t) => {
  const long = 'x'.repeat(100);
  const saying = kind.replace('(request) => request', '(request) => (console.log(request), request)');
  const cwd = folderOf(t, { 'kind.mjs': saying, 'tasks.jsonl': `"${long}"\n"${long}y"\n` });
  const { code, stdout } = await onScreen('run kind.mjs --tasks tasks.jsonl --size 1 --watch', { cwd, columns: 40 });
  t.is(code, 0, stdout);
  t.deepEqual(screenOf(stdout, 40).sort(), [
    `[echo:0:1] ${long}`,
    `[echo:0:1] ${long}y`,
    `{"result":"${long}"}`,
    `{"result":"${long}y"}`,
  ]);
  const drawings = stdout
    .split('\u001b[?7l')
    .slice(1)
    .map((text) => text.split('\u001b[?7h')[0] as string);
  const drawn = drawings.flatMap((text) => text.split('\r\n'));
  t.true(drawn.length > 0);
  for (const line of drawn) t.true(stripVTControlCharacters(line).length < 40, line);
});
