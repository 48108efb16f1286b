import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive, readLog, rest } from './experiment.js';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));
const RESULTS = 3;
/** The time of a row besides its waits, in ms: several starts of Node on a busy machine. */
const MARGIN = 20_000;
/**
 * The time after which a program that should end by itself is killed, and after which a living process counts as an
 * orphan, in ms.
 */
const LEAVING = 3000;
const ORPHANED = 2000;
const GLANCE = 20;
/** Runs a program with a limit on its open files. */
const FEW_FILES = 'ulimit -n "$0"; exec "$@"';

/**
 * The folders of the trials under way, by child. The children are not in this program's process group, so an interrupt
 * does not reach them.
 */
const trials = new Map();
process.on('exit', () => {
  for (const pid of trials.keys()) clear(pid);
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => process.exit(code));
}

/**
 * Plays a row on a subject in a child with a deadline. Returns the last observation of the experiment, together with
 * `ending` (the exit code or signal of the program, or `killed` at the deadline), `stdout`, `tries` (the number of
 * begins of each task) and `orphans` (the number of processes that survive the kill of the program).
 */
export async function play(row, name, patience) {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-failures-'));
  const log = join(folder, 'log');
  writeFileSync(log, '');
  const line = [process.execPath, CHILD, name, row.name, log, String(patience)];
  const [command, ...args] = row.files === undefined ? line : ['/bin/sh', '-c', FEW_FILES, String(row.files), ...line];
  const child = spawn(command, args, {
    // A process group of its own allows a kill of all its processes. A core dump goes into the folder of the log.
    detached: true,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  trials.set(child.pid, folder);
  const heard = listen(child);
  try {
    const ending = await endOf(row, child, heard, patience);
    const observation = heard.last() ?? { tasks: {}, notes: {}, uncaught: [], isDone: false };
    const orphans = row.isKilled ? await orphansOf(observation.notes.pids ?? []) : 0;
    const tries = triesOf(readLog(log), Object.keys(observation.tasks));
    return { ...observation, ending, orphans, tries, stdout: heard.stdout };
  } finally {
    clear(child.pid);
  }
}

/** Collects a child's output. Workers may hold its streams after its end, so do not wait for the end of the streams. */
function listen(child) {
  const heard = { stdout: '', stderr: '', results: '' };
  const take = (stream, name) => {
    stream.setEncoding('utf8').on('data', (text) => {
      heard[name] += text;
    });
    stream.on('error', () => {});
  };
  take(child.stdout, 'stdout');
  take(child.stderr, 'stderr');
  take(child.stdio[RESULTS], 'results');
  heard.last = () => {
    const line = heard.results.split('\n').at(-2);
    return line === undefined ? undefined : JSON.parse(line);
  };
  return heard;
}

/** Waits for the end of a program, and kills it if the row says so or the deadline is over. */
async function endOf(row, child, heard, patience) {
  let ending;
  child.once('exit', (code, signal) => {
    ending = code ?? signal;
  });
  const until = async (isSo, ms) => {
    const end = performance.now() + ms;
    while (!isSo() && performance.now() < end) await rest(GLANCE);
    return isSo();
  };
  const isOver = () => ending !== undefined;
  const isSet = () => heard.last()?.isDone === true;
  await until(() => isOver() || ((row.isLeft || row.isKilled) && isSet()), 4 * patience + MARGIN);
  if (row.isLeft) await until(isOver, LEAVING);
  if (!isOver()) {
    child.kill('SIGKILL');
    await until(isOver, MARGIN);
    ending = 'killed';
  }
  // Its last message may still be under way.
  await rest(GLANCE);
  return ending;
}

async function orphansOf(pids) {
  const end = performance.now() + ORPHANED;
  let living = pids;
  while (living.length > 0 && performance.now() < end) {
    await rest(GLANCE);
    living = living.filter(isAlive);
  }
  return living.length;
}

/** Counts the begins of each task. */
function triesOf(entries, names) {
  const tries = Object.fromEntries(names.map((name) => [name, 0]));
  for (const { event, task } of entries) if (event === 'begun' && task in tries) tries[task]++;
  return tries;
}

/** Removes the remains of a child: kills the processes in its group, and deletes its folder. */
function clear(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
  rmSync(trials.get(pid), { recursive: true, force: true, maxRetries: 5 });
  trials.delete(pid);
}
