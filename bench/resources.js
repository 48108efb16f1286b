/** What a pool takes while nothing comes of it: memory for what waits, and time when nobody asks. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { warmUp } from './flight.js';

/** How long a tick of /proc is. In ms. */
const TICK = 10;

/**
 * Bytes of this isolate's heap that a queued task takes, with what its caller holds. A peer that posts everything at once
 * keeps the messages outside of it.
 */
export async function heap({ run }, { queued }) {
  await warmUp(run);
  let ended = 0;
  const done = () => ended++;
  const fail = (error) => {
    throw error;
  };
  const before = heapUsed();
  for (let i = 0; i < queued; i++) run({ i, s: 'x' }).then(done, fail);
  // Still in the tick of the loop: nothing has been answered.
  const bytes = (heapUsed() - before) / queued;
  while (ended < queued) await sleep(10);
  return { bytes };
}

/** The time on all processors that a pool takes in ten seconds in which it has nothing to do, its processes with it. */
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

/** The time that processes have taken so far, in ms; 0 where the system does not tell. */
function timeOf(pids) {
  let ticks = 0;
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name before it, in parentheses, may have blanks: `utime` and `stime` are the 12th and 13th field behind it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {}
  }
  return ticks * TICK;
}
