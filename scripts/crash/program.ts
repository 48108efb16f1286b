/** The program that is killed: submits its tasks to a pool with a journal and tells, line by line, what it hears of them. */
import { readFileSync } from 'node:fs';
import { createPool, type HostName } from '../../actors/index.ts';
import kind from './kind.ts';

const [path = '', trace = '', durability = '', host = '', tasks = '0', known = '[]'] = process.argv.slice(2);
const pool = createPool(kind, {
  size: 2,
  host: host as HostName,
  journal: { path, durability: durability as 'process' },
});
const tell = (line: string) => process.stdout.write(`${line}\n`);

/** What was told to be accepted in a former life: the journal has all of it, so that none of it is accepted anew. */
const accepted = new Set<string>(JSON.parse(readFileSync(known, 'utf8')));
const before = pool.stats.accepted;
const ends = await Promise.all([...accepted].map(submit));
if (pool.stats.accepted > before) tell(`lost ${pool.stats.accepted - before}`);
for (let i = 0; i < Number(tasks); i++) {
  if (!accepted.has(`task ${i}`)) ends.push(await submit(`task ${i}`));
}
await Promise.all(ends.map(({ settled }) => settled));
await pool.close();

async function submit(name: string): Promise<{ settled: Promise<unknown> }> {
  const { result } = await pool.submit({ name, trace }, { id: name });
  tell(`accepted ${name}`);
  return { settled: result.then((end) => tell(`settled ${name}=${end}`)) };
}
