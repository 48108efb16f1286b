import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive, readLog, rest } from './experiment.js';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));
const RESULTS = 3;
/** What a row may take beside its waits: several starts of Node on a busy machine. In ms. */
const MARGIN = 20_000;
/** When a program that should end by itself is given up, and when an orphan is one. In ms. */
const LEAVING = 3000;
const ORPHANED = 2000;
const GLANCE = 20;
/** Runs a program that may have only so many files open. */
const FEW_FILES = 'ulimit -n "$0"; exec "$@"';

/** The folders of the trials under way, by their children, which are in no group of this program and not interrupted with it. */
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
 * Plays a row on a subject in a child with a deadline and tells what was seen: the last observation of the experiment, and beside it
 * `ending` (the exit code or signal of the program, or `killed` at the deadline), `stdout`, `tries` (how often each task was
 * begun) and `orphans` (how many processes live on though the program was killed).
 */
export async function play(row, name, patience) {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-failures-'));
  const log = join(folder, 'log');
  writeFileSync(log, '');
  const line = [process.execPath, CHILD, name, row.name, log, String(patience)];
  const [command, ...args] = row.files === undefined ? line : ['/bin/sh', '-c', FEW_FILES, String(row.files), ...line];
  const child = spawn(command, args, {
    // A group of its own, so that all that it leaves behind can be ended; a core dump goes where the log goes.
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

/** Collects what a child says; workers may hold its streams longer than it lives, so that nobody waits for their end. */
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

/** Waits for the end of a program, and brings it about where the row or the deadline says so. */
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
  // What it said last may still be on its way.
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

/** How often each task was begun. */
function triesOf(entries, names) {
  const tries = Object.fromEntries(names.map((name) => [name, 0]));
  for (const { event, task } of entries) if (event === 'begun' && task in tries) tries[task]++;
  return tries;
}

/** Ends whatever a child has left: its processes are in its group, its files in its folder. */
function clear(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
  rmSync(trials.get(pid), { recursive: true, force: true, maxRetries: 5 });
  trials.delete(pid);
}
