/** A pool under little load: one task in some time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { warmUp } from '../flight.js';

/**
 * Measures tasks that come one by one, `gap` ms apart: their duration, and the processor time of this process, threads
 * included, that each takes. The time of the timer alone is measured in the same process, by turns, and subtracted.
 */
export async function rate({ run }, { gap, ms, isQuick }) {
  await warmUp((task) => run(task).then(turn), 1);
  await ticks(run, gap, 200);
  const nothing = async () => {};
  const [alone, tasks] = [[], []];
  const turns = isQuick ? 1 : 2;
  for (let i = 0; i < turns; i++) {
    alone.push(await ticks(nothing, gap, ms / (isQuick ? 4 : 2)));
    tasks.push(await ticks(run, gap, ms / (isQuick ? 2 : 1)));
  }
  const times = tasks.flatMap((each) => each.times).sort((a, b) => a - b);
  const timer = meanOf(alone);
  return {
    us: times[times.length >> 1] * 1000,
    p99: times[Math.floor(times.length * 0.99)] * 1000,
    cpu: meanOf(tasks) - timer,
    more: { 'CPU us of the timer': timer, tasks: times.length },
  };
}

const turn = () => new Promise(setImmediate);

/** Returns the processor time of a task, in us. */
function meanOf(parts) {
  const cpu = parts.reduce((sum, each) => sum + each.cpu, 0);
  return cpu / parts.reduce((sum, { times }) => sum + times.length, 0);
}

/**
 * Runs a task at each tick of a timer, as many as fit into `ms`; returns their durations in ms and the processor time
 * in us. On a crowded machine ticks come late: the time grows, not the number of tasks.
 */
async function ticks(run, gap, ms) {
  const times = [];
  const pending = new Set();
  const count = Math.ceil(ms / gap);
  const cpu = process.cpuUsage();
  await new Promise((resolve, reject) => {
    let i = 0;
    const timer = setInterval(() => {
      if (i === count) {
        clearInterval(timer);
        resolve();
        return;
      }
      const began = performance.now();
      const ending = run({ i: i++, s: 'x' }).then(() => {
        times.push(performance.now() - began);
        pending.delete(ending);
      }, reject);
      pending.add(ending);
    }, gap);
  });
  await Promise.all(pending);
  // Work after the last answer belongs to it.
  await sleep(20);
  const { user, system } = process.cpuUsage(cpu);
  return { times, cpu: user + system };
}
