import test from 'ava';
import { onEachHost, onProcesses } from '../../support/pool.ts';
import { runInGroup, runWithFiles } from '../../support/script.ts';

// A thread takes five files. With more than four left, one of several may start before the others take them.
for (const left of [0, 1, 3, 4]) {
  onEachHost(
    `a pool reports that its program may open only ${left} more files, and the program goes on`,
    async (t, _open, host) => {
      const { stdout, ...ending } = await runWithFiles(64, 'out-of-files.js', host, String(left));
      t.deepEqual(ending, { code: 0, signal: null, stderr: '' });
      const [first, reported, last] = stdout.split('\n');
      t.is(first, 'EMFILE');
      t.regex(reported ?? '', /^DEGRADED the pool gave up starting workers: .*EMFILE.*raise its limit \(ulimit -n\)/);
      t.is(last, 'the next pool works');
    },
  );
}

for (const ticks of ['real', 'fake']) {
  onProcesses(`a missing executable makes each start of a worker fail, with ${ticks} ticks too`, async (t) => {
    const { stdout, ...ending } = await runInGroup('no-node.js', 'process', ticks);
    t.deepEqual(ending, { code: 0, signal: null, stderr: '' });
    t.regex(stdout, /^DEGRADED SPAWN the pool gave up starting workers: .* ENOENT: is the program's executable/);
  });
}

test('a process that cannot be started leaves no file open, whichever file is missing', async (t) => {
  // Only Linux shows open files in /proc.
  if (process.platform !== 'linux') return void t.pass();
  const { stdout, stderr, code } = await runWithFiles(100, 'few-files.js');
  t.is(stderr, '');
  t.is(code, 0);
  t.true(Number(stdout) <= 0, `${stdout.trim()} more files are open`);
});
