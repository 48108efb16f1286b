import { setTimeout as sleep } from 'node:timers/promises';
import { burstOf, fly, flyFor, keepInFlight, warmUp } from './flight.js';
import { heap, idle } from './resources.js';
import { median } from './statistics.js';

/** How long a subject is measured, where it is measured by time. In ms. */
const spanOf = (isQuick) => (isQuick ? 250 : 600);

/**
 * What is done with a subject: each answers its figures. `us`: microseconds a task, what rows compare where they name no
 * other figure. `more`: figures to be shown only, by their names.
 */
export const workloads = {
  /** One task after the other. */
  async latency({ run }, { isQuick }) {
    const { done, times } = await flyFor((i) => run({ i, s: 'x' }), spanOf(isQuick), 1, isQuick);
    return { us: times[done >> 1] * 1000, p99: times[Math.floor(done * 0.99)] * 1000 };
  },

  /** So many tasks in flight: each that ends starts another. `work`: what each does, in us, by its number. */
  async throughput({ run }, { work, inFlight = 1000, isQuick }) {
    const workFor = workOf(work);
    // What only hands on has seen many tasks before it is asked how little it takes.
    if (work !== undefined) await warmUp(run, isQuick);
    const { done, us, cpu, times } = await flyFor(
      (i) => run({ i, s: 'x', us: workFor(i) }),
      spanOf(isQuick),
      inFlight,
      isQuick,
    );
    const spread = times[Math.floor(done * 0.99)] / times[done >> 1];
    return { us, cpu, spread, work: meanOf(work) };
  },

  /**
   * 1,000 tasks in flight while somebody looks and looks away, by turns, in one process: what a task takes with nobody by what
   * it takes with somebody, in time (`share`) and in this process's processor time (`cpuShare`).
   */
  async seen({ run, look }, { isQuick }) {
    const flight = fly((i) => run({ i, s: 'x' }), 1000);
    await sleep(2000);
    const pairs = [];
    for (let i = 0; i < (isQuick ? 4 : 10); i++) {
      const alone = await flight.measure(300);
      await look();
      await sleep(100);
      const viewed = await flight.measure(300);
      await look();
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

  /** Fresh workers for every task: nothing to warm. */
  async oneShot({ run }, { tasks, inFlight }) {
    await run({ i: 0, s: 'x' });
    const start = performance.now();
    await keepInFlight((i) => run({ i, s: 'x' }), tasks, inFlight);
    return { us: ((performance.now() - start) / tasks) * 1000 };
  },

  /** All tasks at once. */
  async burst({ run }, { tasks, isQuick }) {
    await warmUp(run, isQuick);
    return { us: (await burstOf(run, tasks)).us };
  },

  /**
   * What a task takes while very many wait, by what it takes while few do. What it takes to call, shown beside, grows by what
   * V8 takes to move so many promises that live: without a pool they cost the same.
   */
  async growth({ run }, { small, huge, isQuick }) {
    await warmUp(run, isQuick);
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

  /** Tasks that carry so many bytes both ways: copied, or moved. */
  async payload({ run }, { tasks, bytes, isMoved = false, inFlight = 16, isQuick }) {
    await warmUp(run, isQuick);
    const send = () => {
      const data = new Uint8Array(bytes);
      return run({ data }, isMoved ? { transfer: [data.buffer] } : undefined);
    };
    const start = performance.now();
    await keepInFlight(send, tasks, inFlight);
    return { us: ((performance.now() - start) / tasks) * 1000 };
  },

  /** What a task takes more behind so many tasks that its worker refuses. */
  async picky({ run, pool }, { tasks, refused }) {
    const flight = 16;
    const timed = async () => {
      const start = performance.now();
      await keepInFlight(() => run({ key: 'mine' }), tasks, flight);
      return ((performance.now() - start) / tasks) * 1000;
    };
    // The one worker learns the key of the first task.
    await timed();
    const alone = await timed();
    // In one tick with tasks for the worker, so that the pool does not make room for the others.
    const waiting = Array.from({ length: refused }, (_, i) => run({ key: i }).catch(() => {}));
    const behind = await timed();
    pool.cancelAll();
    await Promise.all(waiting);
    return { us: behind, extra: behind - alone, more: { 'us without them': alone, 'us behind them': behind } };
  },

  heap,
  idle,
  dispatch: async (subject, options) => (await import('./dispatch.js')).dispatch(subject, options),
  proving: async (subject, options) => (await import('./proving.js')).prove(subject, options),
};

/** The workloads that make their subject themselves. */
export const starts = {
  /** From the making of a pool to its first answer. */
  async cold(make) {
    const start = performance.now();
    const { run, destroy } = await make();
    await run({ i: 0, s: 'x' });
    const us = (performance.now() - start) * 1000;
    await destroy();
    return { us };
  },

  coldProving: async (make) => (await import('./proving.js')).coldProving(make),
};

/** One task of so many is a long one, where they differ. */
const RARE = 20;

function workOf(work = 0) {
  if (typeof work === 'number') return () => work;
  return (i) => (i % RARE === 7 ? work.long : work.short);
}

function meanOf(work = 0) {
  return typeof work === 'number' ? work : work.short + (work.long - work.short) / RARE;
}
