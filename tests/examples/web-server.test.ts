import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { ended } from '../support/cli.ts';
import { root } from '../support/sources.ts';

/** Starts the example on a free port. */
async function start(t: ExecutionContext) {
  const child = spawn(process.execPath, ['--import=tsx', 'examples/web-server.ts', '0'], { cwd: root });
  t.teardown(() => child.kill('SIGKILL'));
  const end = ended(child);
  const [line] = await once(child.stdout, 'data');
  const address = String(line).trim();
  const get = async (path: string) => {
    const response = await fetch(`${address}${path}`);
    return { status: response.status, retry: response.headers.get('retry-after'), body: await response.json() };
  };
  return { child, end, get };
}

test('the server answers from warm workers, and ends at SIGTERM', async (t) => {
  t.timeout(60_000);
  const { child, end, get } = await start(t);
  const { status, body } = await get('/search?folder=docs&word=verdict');
  t.is(status, 200);
  t.true((body as { files: string[] }).files.includes('kinds.md'));
  t.is((await get('/search?folder=docs')).status, 404);
  t.deepEqual((await get('/search?folder=nowhere&word=x')).body, { error: 'PERFORM' });
  child.kill('SIGTERM');
  const { code, stdout } = await end;
  t.is(code, 0);
  t.regex(stdout, /ended; 0 tasks were still answered\n$/);
});

test('a late answer is 504, and its worker is warm for the next question', async (t) => {
  t.timeout(60_000);
  const { get } = await start(t);
  t.is((await get('/search?folder=docs&word=verdict&deadline=1')).status, 504);
  t.is((await get('/search?folder=docs&word=verdict')).status, 200);
});

test('more requests than the queue holds are refused at once, and all others are answered', async (t) => {
  t.timeout(60_000);
  const { get } = await start(t);
  const answers = await Promise.all(Array.from({ length: 60 }, () => get('/search?folder=docs&word=verdict')));
  const refused = answers.filter(({ status }) => status === 503);
  t.true(refused.length > 0, 'none was refused');
  for (const { body, retry } of refused) t.deepEqual([body, retry], [{ error: 'QUEUE_FULL' }, '1']);
  t.is(answers.filter(({ status }) => status === 200).length, 60 - refused.length);
});
