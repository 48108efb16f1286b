/** A pool under little load: one task in some time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { warmUp } from '../flight.js';

/**
 * Measures tasks that come one by one, `gap` ms apart: their duration, and the processor time of this process, threads
 * included, that each takes. The time of the timer alone is subtracted. It is measured before the pool is made and after
 * its end: so work of an idle pool counts as work for its tasks, and a machine that changes its speed meanwhile changes
 * both times alike.
 */
export async function rate(make, { gap, ms, isQuick }) {
  const nothing = async () => {};
  await ticks(nothing, gap, 100);
  const span = ms / (isQuick ? 2 : 1);
  const before = await ticks(nothing, gap, span);
  const { run, destroy } = await make();
  await warmUp((task) => run(task).then(turn), 1);
  await ticks(run, gap, 200);
  const tasks = await ticks(run, gap, ms * (isQuick ? 1 : 2));
  const times = tasks.times.sort((a, b) => a - b);
  await destroy();
  const after = await ticks(nothing, gap, span);
  const alone = (costOf(before) + costOf(after)) / 2;
  return {
    us: times[times.length >> 1] * 1000,
    p99: times[Math.floor(times.length * 0.99)] * 1000,
    // It cannot be less: the timer alone has taken longer than usual.
    cpu: Math.max(LEAST, costOf(tasks) - alone),
    more: { 'CPU us of the timer': alone, tasks: times.length },
  };
}

/** The least processor time of a task, in us. */
const LEAST = 1;

const turn = () => new Promise(setImmediate);

/** Returns the processor time of a task, in us. */
const costOf = ({ cpu, times }) => cpu / times.length;

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
