/** The cost of a pool without results: memory for waiting tasks, and processor time without calls. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { warmUp } from '../flight.js';

/** The length of a tick of /proc, in ms. */
const TICK = 10;

/**
 * Measures the bytes that a queued task takes in this isolate's heap, its caller's part included. A peer that posts
 * everything at once keeps the messages outside of that heap.
 */
export async function heap({ run }, { queued }) {
  await warmUp(run);
  const done = () => {};
  const fail = (error) => {
    throw error;
  };
  const before = heapUsed();
  for (let i = 0; i < queued; i++) run({ i, s: 'x' }).then(done, fail);
  // The same tick of the loop: no answer has come yet.
  const bytes = (heapUsed() - before) / queued;
  // The measuring process ends without the answers.
  return { bytes };
}

/**
 * Measures the bytes that a pool keeps for each element of an array that was given to `map` and has no worker yet. The
 * array and its elements are the caller's, and are not counted.
 */
export async function mapHeap({ run, pool }, { queued }) {
  await warmUp(run);
  const tasks = Array.from({ length: queued }, (_, i) => ({ i, s: 'x' }));
  const before = heapUsed();
  const results = pool.map(tasks, { inFlight: queued })[Symbol.asyncIterator]();
  const first = results.next();
  // Microtasks let the pool take all elements that it will take. Few answers have come by then.
  await new Promise(setImmediate);
  const used = heapUsed() - before;
  let ended = 1;
  await first;
  while (!(await results.next()).done) ended++;
  if (ended !== queued) throw new Error(`map has given ${ended} results, not ${queued}`);
  return { bytes: used / queued };
}

/** Measures the bytes that a pool keeps for each worker that has ended, while the pool lives. */
export async function endedWorkers({ run }, { count }) {
  const all = async (workers) => {
    for (let i = 0; i < workers; i++) await run({ i, s: 'x' });
  };
  // The first workers let the pool grow what it uses again.
  await all(3000);
  const before = heapUsed();
  await all(count);
  return { bytes: (heapUsed() - before) / count };
}

/** Measures the time on all processors that an idle pool takes in ten seconds, its processes included. */
export async function idle({ run, pool }, { isQuick }) {
  await warmUp(run);
  await sleep(500);
  const pids = pool.workers.map(({ pid }) => pid).filter((pid) => pid !== undefined && pid !== process.pid);
  const seconds = isQuick ? 5 : 10;
  const children = timeOf(pids);
  const own = process.cpuUsage();
  await sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(own);
  const scale = 10 / seconds;
  const master = ((user + system) / 1000) * scale;
  const others = (timeOf(pids) - children) * scale;
  return { cpuMs: master + others, more: { 'own process': master, 'child processes': others } };
}

function heapUsed() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Returns the processor time of processes so far, in ms; 0 if the system does not show it. */
function timeOf(pids) {
  let ticks = 0;
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name before it, in parentheses, may contain blanks: `utime` and `stime` are the 12th and 13th field after
      // it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {}
  }
  return ticks * TICK;
}
