import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createPool, type PoolOptions, type TaskOutcome } from 'statepool';
import { folderOf } from './cli.ts';
import { jobs } from './jobs.ts';

const messages: string[] = [];
process.on('warning', ({ message }) => messages.push(message));

/** Makes a journal in a folder of its own, and pools that use it one after the other. */
export function journalOf(t: ExecutionContext) {
  t.timeout(90_000);
  const folder = folderOf(t, {});
  const path = join(folder, 'journal');
  return {
    folder,
    path,
    /** Returns the warnings about this journal in the turns before. */
    async warnings(): Promise<string[]> {
      await new Promise((resolve) => setImmediate(resolve));
      return messages.filter((message) => message.includes(path));
    },
    text: () => readFileSync(path, 'utf8'),
    open(options: PoolOptions = {}, durability: 'process' | 'power' = 'process') {
      const pool = createPool(jobs(), { host: 'inline', size: 1, journal: { path, durability }, ...options });
      t.teardown(() => pool.destroy());
      const ended: TaskOutcome[] = [];
      pool.on('task', (outcome) => ended.push(outcome));
      return { pool, ended };
    },
  };
}
