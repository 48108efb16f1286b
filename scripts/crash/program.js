/**
 * The program that is killed. Submits its tasks to a pool with a journal and reports each event of a task in one line.
 * Runs the built package without a loader, because it and its workers start again and again.
 */
import { readFileSync } from 'node:fs';
import { createPool } from 'statepool';
import kind from './kind.js';

const [path, trace, durability, host, tasks, known] = process.argv.slice(2);
const pool = createPool(kind, { size: 2, host, journal: { path, durability } });
const report = (line) => process.stdout.write(`${line}\n`);

/**
 * The tasks that a former life reported as accepted. The journal has them all, so the pool must accept none of them
 * anew.
 */
const accepted = new Set(JSON.parse(readFileSync(known, 'utf8')));
const before = pool.stats.accepted;
const ends = await Promise.all([...accepted].map(submit));
if (pool.stats.accepted > before) report(`lost ${pool.stats.accepted - before}`);
for (let i = 0; i < Number(tasks); i++) {
  if (!accepted.has(`task ${i}`)) ends.push(await submit(`task ${i}`));
}
await Promise.all(ends.map(({ settled }) => settled));
await pool.close();

async function submit(name) {
  const { result } = await pool.submit({ name, trace }, { id: name });
  report(`accepted ${name}`);
  return { settled: result.then((end) => report(`settled ${name}=${end}`)) };
}
