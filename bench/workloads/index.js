import { setTimeout as sleep } from 'node:timers/promises';
import { burstOf, fly, flyFor, keepInFlight, warmUp } from '../flight.js';
import { median } from '../statistics.js';
import { withLoops } from './loops.js';
import { rate } from './rate.js';
import { endedWorkers, heap, idle, mapHeap } from './resources.js';

/** Returns the time of a measurement by time, in ms. */
const spanOf = (isQuick) => (isQuick ? 250 : 600);

/**
 * The workloads on a subject: each returns figures. `us`: microseconds a task, which rows compare unless they name
 * another figure. `more`: figures that are only shown, by their names.
 */
export const workloads = {
  /** Runs one task after the other. `loops`: the number of other programs that compute without a pause. */
  latency({ run }, { isQuick, loops = 0 }) {
    return withLoops(loops, async () => {
      const { done, times } = await flyFor((i) => run({ i, s: 'x' }), spanOf(isQuick), 1);
      return { us: times[done >> 1] * 1000, p99: percentile99(times) };
    });
  },

  /** Keeps tasks in flight: each one that ends starts another. `work`: the time of each task, in us, by its number. */
  async throughput({ run }, { work, inFlight = 1000, isQuick }) {
    const workFor = workOf(work);
    // A subject that only forwards needs many tasks before its small cost is measured.
    if (work !== undefined) await warmUp(run);
    const { done, us, cpu, times } = await flyFor((i) => run({ i, s: 'x', us: workFor(i) }), spanOf(isQuick), inFlight);
    const p99 = percentile99(times);
    return { us, cpu, p99, spread: p99 / (times[done >> 1] * 1000), work: meanOf(work) };
  },

  /**
   * Keeps 1,000 tasks in flight while a viewer connects and disconnects, by turns, in one process. Compares the cost of
   * a task without the viewer to the cost with it, in time (`share`) and in this process's processor time (`cpuShare`).
   */
  async seen({ run, toggleView }, { isQuick }) {
    const flight = fly((i) => run({ i, s: 'x' }), 1000);
    await sleep(2000);
    const pairs = [];
    for (let i = 0; i < (isQuick ? 4 : 6); i++) {
      const alone = await flight.measure(300);
      await toggleView();
      await sleep(100);
      const viewed = await flight.measure(300);
      await toggleView();
      await sleep(100);
      pairs.push({ alone, viewed, share: alone.us / viewed.us, cpuShare: alone.cpu / viewed.cpu });
    }
    await flight.end();
    const of = (figure) => median(pairs.map(figure));
    return {
      us: of(({ viewed }) => viewed.us),
      cpu: of(({ viewed }) => viewed.cpu),
      share: of(({ share }) => share),
      cpuShare: of(({ cpuShare }) => cpuShare),
      more: {
        'us without a viewer': of(({ alone }) => alone.us),
        'cpu us without a viewer': of(({ alone }) => alone.cpu),
      },
    };
  },

  /** Runs a number of tasks, each of some us, on other processes: they have answered to some quick tasks before. */
  async remote({ run }, { tasks, us = 0, inFlight }) {
    await keepInFlight((i) => run({ i, s: 'x' }), 500, inFlight);
    const start = performance.now();
    await keepInFlight((i) => run({ i, s: 'x', us }), tasks, inFlight);
    return { us: ((performance.now() - start) / tasks) * 1000 };
  },

  /** Uses a fresh worker for every task: nothing to warm up. */
  async oneShot({ run }, { tasks, inFlight }) {
    await run({ i: 0, s: 'x' });
    const start = performance.now();
    await keepInFlight((i) => run({ i, s: 'x' }), tasks, inFlight);
    return { us: ((performance.now() - start) / tasks) * 1000 };
  },

  /** Runs all tasks at once. */
  async burst({ run }, { tasks }) {
    await warmUp(run);
    return { us: (await burstOf(run, tasks)).us };
  },

  /**
   * Compares the cost of a task while very many wait with its cost while few wait. The cost of the calls, shown beside
   * it, grows with the time that V8 takes to move so many living promises: they cost the same without a pool.
   */
  async growth({ run }, { small, huge }) {
    await warmUp(run);
    const bursts = [];
    while (bursts.length * small < 100_000) bursts.push(await burstOf(run, small));
    const few = { us: median(bursts.map(({ us }) => us)), waiting: median(bursts.map(({ waiting }) => waiting)) };
    const many = await burstOf(run, huge);
    const more = {};
    for (const [tasks, { us, waiting }] of [
      [small, few],
      [huge, many],
    ]) {
      more[`us with ${tasks.toLocaleString('en')} waiting`] = waiting;
      more[`us with ${tasks.toLocaleString('en')} waiting, calls included`] = us;
    }
    return { us: many.us, growth: many.waiting / few.waiting, more };
  },

  /** Runs tasks that carry bytes both ways: copied, or moved. */
  async payload({ run }, { bytes, isMoved = false, inFlight = 16, isQuick }) {
    const send = () => {
      const data = new Uint8Array(bytes);
      return run({ data }, isMoved ? { transfer: [data.buffer] } : undefined);
    };
    const { us } = await flyFor(send, spanOf(isQuick), inFlight);
    return { us };
  },

  /** Measures the extra cost of a task behind many tasks that its worker refuses. */
  async picky({ run, pool }, { tasks, refused }) {
    const flight = 16;
    const timed = async () => {
      const start = performance.now();
      await keepInFlight(() => run({ key: 'mine' }), tasks, flight);
      return ((performance.now() - start) / tasks) * 1000;
    };
    // The one worker takes the key of the first task as its competence.
    await timed();
    const alone = await timed();
    // In one tick with tasks for the worker, so that the pool does not make room for these.
    const waiting = Array.from({ length: refused }, (_, i) => run({ key: i }).catch(() => {}));
    const behind = await timed();
    pool.cancelAll();
    await Promise.all(waiting);
    return { us: behind, extra: behind - alone, more: { 'us without them': alone, 'us behind them': behind } };
  },

  heap,
  mapHeap,
  endedWorkers,
  idle,
  dispatch: async (subject, options) => (await import('./dispatch.js')).dispatch(subject, options),
  proving: async (subject, options) => (await import('./proving.js')).prove(subject, options),
  restore: async () => (await import('./proving.js')).restore(),
};

/** The workloads that make their subject themselves. */
export const starts = {
  /** Measures the time from the start of a pool to its first answer. */
  async cold(make) {
    const start = performance.now();
    const { run, destroy } = await make();
    await run({ i: 0, s: 'x' });
    const us = (performance.now() - start) * 1000;
    await destroy();
    return { us };
  },

  /** Measures the first tasks of a new pool after its first answer, one after the other: `count` of them, or for `ms`. */
  async first(make, { count = Number.POSITIVE_INFINITY, ms = Number.POSITIVE_INFINITY }) {
    const { run, destroy } = await make();
    await run({ i: 0, s: 'x' });
    const start = performance.now();
    let i = 0;
    while (i < count && performance.now() < start + ms) await run({ i: ++i, s: 'x' });
    const us = ((performance.now() - start) / i) * 1000;
    await destroy();
    return { us };
  },

  rate,

  coldProving: async (make) => (await import('./proving.js')).coldProving(make),
};

/** Returns the duration in us that 99 of 100 tasks do not exceed; the durations are in ms, sorted. */
const percentile99 = (times) => times[Math.floor(times.length * 0.99)] * 1000;

/** The number of tasks for each long one, if the tasks differ. */
const RARE = 20;

function workOf(work = 0) {
  if (typeof work === 'number') return () => work;
  return (i) => (i % RARE === 7 ? work.long : work.short);
}

function meanOf(work = 0) {
  return typeof work === 'number' ? work : work.short + (work.long - work.short) / RARE;
}
