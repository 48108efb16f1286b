/**
 * The program with failing system calls. Asks for the tasks that were accepted before, submits a given number of new
 * tasks, and reports each event of a task in one line. Runs the built package without a loader: a loader's system calls
 * would fail too.
 */
import { appendFileSync, readFileSync, writeSync } from 'node:fs';
import { createPool } from 'statepool';

/** Padding of a task. A compaction of the journal drops it. */
const long = 'x'.repeat(40_000);

const [, , path, trace, durability, life, known, tasks, waiting] = process.argv;

const kind = {
  name: 'faulted',
  url: import.meta.url,
  requestOfTask: (_status, { name }) => name,
  perform(name) {
    appendFileSync(trace, `${name} ${life}\n`);
    return `the end of ${name}`;
  },
};
export default kind;

/** Writes the line at once and completely: the next system call may be the last. */
const report = (line) => writeSync(1, `${line}\n`);

function open() {
  try {
    return createPool(kind, { size: 1, host: 'inline', journal: { path, durability } });
  } catch ({ code, message }) {
    report(code?.startsWith('JOURNAL') ? `refused ${code}` : `odd ${message}`);
    process.exit();
  }
}

const pool = open();
const fail = (name) => (error) => report(error.code === 'JOURNAL' ? `failed ${name}` : `odd ${name}: ${error}`);

/** Resolves when the task is accepted, or cannot be. */
async function submit(name, more) {
  try {
    const { result } = await pool.submit({ name, more }, { id: name });
    report(`accepted ${name}`);
    return { settled: result.then((end) => report(`settled ${name}=${end}`), fail(name)) };
  } catch (error) {
    fail(name)(error);
    return { settled: undefined };
  }
}

const accepted = JSON.parse(readFileSync(known, 'utf8'));
const before = pool.stats.accepted;
const ends = await Promise.all(accepted.map((name) => submit(name)));
if (pool.stats.accepted > before) report(`lost ${pool.stats.accepted - before}`);
for (let i = 0; i < Number(tasks); i++) {
  ends.push(await submit(`task ${life}.${i}`, long));
  await ends.at(-1).settled;
}
await Promise.all(ends.map(({ settled }) => settled));
// Leave these tasks for the next life.
if (waiting !== undefined) pool.pause();
const left = Array.from({ length: Number(waiting ?? 0) }, (_, i) => submit(`waiting ${i}`));
for (const { settled } of await Promise.all(left)) settled?.catch(() => {});
if (waiting !== undefined) process.exit();
await pool.close();
report('closed');
