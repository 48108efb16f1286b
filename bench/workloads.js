import { burstOf, keepInFlight, warmUp } from './flight.js';
import { heap, idle } from './resources.js';
import { median } from './statistics.js';

/**
 * What is done with a subject: each answers its figures. `us`: microseconds a task, what rows compare where they name no
 * other figure. `more`: figures to be shown only, by their names.
 */
export const workloads = {
  /** One task after the other. */
  async latency({ run }, { tasks }) {
    await warmUp(run, 20_000);
    const times = new Float64Array(tasks);
    for (let i = 0; i < tasks; i++) {
      const start = performance.now();
      await run({ i, s: 'x' });
      times[i] = performance.now() - start;
    }
    times.sort();
    return { us: times[tasks >> 1] * 1000, p99: times[Math.floor(tasks * 0.99)] * 1000 };
  },

  /** So many tasks in flight: each that ends starts another. `work`: what each does, in us, by its number. */
  async throughput({ run }, { tasks, inFlight = 1000, work, warm = 20_000 }) {
    await warmUp(run, warm);
    const us = workOf(work);
    const times = new Float64Array(tasks);
    const cpu = process.cpuUsage();
    const start = performance.now();
    await keepInFlight((i) => run({ i, s: 'x', us: us(i) }), tasks, inFlight, times);
    const elapsed = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    times.sort();
    let total = 0;
    for (let i = 0; i < tasks; i++) total += us(i);
    return {
      us: (elapsed / tasks) * 1000,
      cpu: (user + system) / tasks,
      spread: times[Math.floor(tasks * 0.99)] / times[tasks >> 1],
      work: total / tasks,
    };
  },

  /** All tasks at once. */
  async burst({ run }, { tasks }) {
    await warmUp(run, 20_000);
    return { us: await burstOf(run, tasks) };
  },

  /** What a task takes in one huge burst, by what it takes in small ones. */
  async growth({ run }, { small, huge }) {
    await warmUp(run, 20_000);
    const times = [];
    while (times.length * small < 100_000) times.push(await burstOf(run, small));
    const few = median(times);
    const many = await burstOf(run, huge);
    const name = (tasks) => `us with ${tasks.toLocaleString('en')}`;
    return { us: many, growth: many / few, more: { [name(small)]: few, [name(huge)]: many } };
  },

  /** Tasks that carry so many bytes both ways: copied, or moved. */
  async payload({ run }, { tasks, bytes, isMoved = false, inFlight = 16 }) {
    await warmUp(run, 2000);
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
    return { us: behind, extra: behind - alone, more: { 'us alone': alone, 'us behind them': behind } };
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

function workOf(work = 0) {
  if (typeof work === 'number') return () => work;
  // Mostly short, now and then long: the mean is `short * 0.95 + long * 0.05`.
  return (i) => (i % 20 === 7 ? work.long : work.short);
}
