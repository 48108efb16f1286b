/**
 * The program that is killed: submits its tasks to a pool with a journal and tells, line by line, what it hears of them. It
 * and its workers are started again and again, so that they run the built package without a loader.
 */
import { readFileSync } from 'node:fs';
import { createPool } from 'statepool';
import kind from './kind.js';

const [path, trace, durability, host, tasks, known] = process.argv.slice(2);
const pool = createPool(kind, { size: 2, host, journal: { path, durability } });
const tell = (line) => process.stdout.write(`${line}\n`);

/** What was told to be accepted in a former life: the journal has all of it, so that none of it is accepted anew. */
const accepted = new Set(JSON.parse(readFileSync(known, 'utf8')));
const before = pool.stats.accepted;
const ends = await Promise.all([...accepted].map(submit));
if (pool.stats.accepted > before) tell(`lost ${pool.stats.accepted - before}`);
for (let i = 0; i < Number(tasks); i++) {
  if (!accepted.has(`task ${i}`)) ends.push(await submit(`task ${i}`));
}
await Promise.all(ends.map(({ settled }) => settled));
await pool.close();

async function submit(name) {
  const { result } = await pool.submit({ name, trace }, { id: name });
  tell(`accepted ${name}`);
  return { settled: result.then((end) => tell(`settled ${name}=${end}`)) };
}
