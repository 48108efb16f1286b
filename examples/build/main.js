// Compiles the TypeScript files of a folder inside a build, with make's job slots as the limit. As a recipe of make:
//   all:
//   	+node examples/build/main.js SOURCE TARGET
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPool } from 'statepool';
import { jobserver } from 'statepool/tokens';
import compile from './compile.js';

const [source, target] = process.argv.slice(2);
const tokens = jobserver();
const pool = createPool(compile, { size: 4, ...(tokens === undefined ? {} : { tokens }) });
let running = 0;
let most = 0;
pool.on('worker', ({ state }) => {
  running = pool.workers.filter((worker) => worker.state === 'busy').length;
  if (state === 'busy') most = Math.max(most, running);
});
const tasks = readdirSync(source)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ from: join(source, name), to: join(target, name.replace(/ts$/, 'js')) }));
for await (const { to, bytes } of pool.map(tasks)) console.log(`${to} ${bytes} bytes`);
await pool.close();
console.log(`${tasks.length} files, at most ${most} at a time${tokens === undefined ? '' : ', by the slots of make'}`);
