import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import test from 'ava';
import { jobs } from '../../support/jobs.ts';
import { opener } from '../../support/pool.ts';

const FILES = '/proc/self/fd';

/** Returns the modules that this process has open. */
function openModules(): string[] {
  return readdirSync(FILES).flatMap((name) => {
    try {
      const path = readlinkSync(`${FILES}/${name}`);
      return /\.js$/.test(path) ? [path] : [];
    } catch {
      // The folder itself was open during the read.
      return [];
    }
  });
}

const onLinux = existsSync(FILES) ? test : test.skip;

onLinux('threads that end while they load their modules leave no file open', async (t) => {
  const open = opener(t, 'thread');
  for (let i = 0; i < 8; i++) {
    // The workers of the second pool are at the point where the worker of the first pool was a moment ago.
    const [first, second] = [open(jobs()), open(jobs(), { size: 4 })];
    await first.ready();
    await Promise.all([second.destroy(), first.destroy()]);
  }
  t.deepEqual(openModules(), []);
});
