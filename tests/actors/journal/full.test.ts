import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ended, folderOf } from '../../support/cli.ts';

const program = new URL('../../fixtures/journal-program.js', import.meta.url).pathname;

interface Ended {
  ends: (number | { code: string; message: string })[];
  last: unknown;
  recovered: number;
  completed: number;
}

/** Runs the program under a limit on the size of files, in blocks of the shell. */
async function run(path: string, tasks: number, blocks: number | 'unlimited', ...more: string[]) {
  const line = `ulimit -f ${blocks}; exec "$@"`;
  const args = ['-c', line, 'sh', process.execPath, program, path, String(tasks), '3000', ...more];
  const { code, stdout, stderr } = await ended(spawn('sh', args));
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as Ended;
}

test('a full journal refuses tasks, loses no accepted task and repeats no settled task', async (t) => {
  const path = join(folderOf(t, {}), 'journal');
  const first = await run(path, 30, 40);
  const settled = first.ends.filter((end) => typeof end === 'number').length;
  t.true(settled > 0 && settled < 30);
  for (const end of first.ends.slice(settled)) {
    t.like(end, { code: 'JOURNAL' });
    t.regex((end as { message: string }).message, /cannot be written: it has the largest size that a file may have/);
  }
  const { size } = statSync(path);
  // There is still no room. The settled tasks report the same ends, and the file holds whole records only.
  const second = await run(path, 30, 40);
  t.deepEqual(second.ends.slice(0, settled), first.ends.slice(0, settled));
  t.true(statSync(path).size >= size);
  const third = await run(path, 30, 'unlimited');
  t.deepEqual(
    third.ends,
    Array.from({ length: 30 }, (_, i) => i),
  );
  // The small task runs each time.
  t.is(third.completed, 1 + 30 - second.ends.filter((end) => typeof end === 'number').length);
});

test('a group of records is written as a whole, or not at all', async (t) => {
  const path = join(folderOf(t, {}), 'journal');
  const { ends, last } = await run(path, 30, 40, 'together');
  t.is(ends.length, 30);
  for (const end of ends) t.like(end, { code: 'JOURNAL' });
  t.is(last, 'small');
  const next = await run(path, 0, 'unlimited');
  t.is(next.recovered, 0);
});
