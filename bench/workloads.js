/** What is done with a subject: each answers its figures. `us`: microseconds a task, the figure that rows compare. */
export const workloads = {
  /** One task after the other. */
  async latency({ run }, { tasks }) {
    await throughput(run, 20_000);
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
    await throughput(run, warm);
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

  /** All tasks at once, and the heap that each takes while it waits. */
  async burst({ run }, { tasks }) {
    await throughput(run, 20_000);
    globalThis.gc?.();
    const heap = process.memoryUsage().heapUsed;
    const start = performance.now();
    let queued = 0;
    await new Promise((resolve, reject) => {
      let left = tasks;
      const done = () => --left === 0 && resolve();
      for (let i = 0; i < tasks; i++) run({ i, s: 'x' }).then(done, reject);
      queued = process.memoryUsage().heapUsed;
    });
    return { us: ((performance.now() - start) / tasks) * 1000, bytes: (queued - heap) / tasks };
  },

  /** Tasks that carry so many bytes both ways: copied, or moved. */
  async payload({ run }, { tasks, bytes, isMoved = false, inFlight = 16 }) {
    await throughput(run, 2000);
    const send = () => {
      const data = new Uint8Array(bytes);
      return run({ data }, isMoved ? { transfer: [data.buffer] } : undefined);
    };
    const start = performance.now();
    await keepInFlight(send, tasks, inFlight);
    return { us: ((performance.now() - start) / tasks) * 1000 };
  },

  /** Behind so many tasks that its worker refuses, one after the other for it. */
  async picky({ run, pool }, { tasks, refused }) {
    // The one worker learns the key of the first task; the pool is not to make room for the others.
    await run({ key: 'mine' });
    const waiting = Array.from({ length: refused }, (_, i) => run({ key: i }).catch(() => {}));
    const start = performance.now();
    const flight = 16;
    await keepInFlight(() => run({ key: 'mine' }), tasks, flight);
    const us = ((performance.now() - start) / tasks) * 1000;
    pool.cancelAll();
    await Promise.all(waiting);
    return { us };
  },
};

/** From the making of a pool to its first answer. */
export async function cold(make, workers) {
  const start = performance.now();
  const subject = await make(workers);
  await subject.run({ i: 0, s: 'x' });
  const us = (performance.now() - start) * 1000;
  await subject.destroy();
  return { us };
}

const throughput = (run, tasks) => keepInFlight((i) => run({ i, s: 'x' }), tasks, 1000);

function workOf(work = 0) {
  if (typeof work === 'number') return () => work;
  // Mostly short, now and then long: the mean is `short * 0.95 + long * 0.05`.
  return (i) => (i % 20 === 7 ? work.long : work.short);
}

function keepInFlight(run, tasks, inFlight, times) {
  return new Promise((resolve, reject) => {
    let started = 0;
    let left = tasks;
    const start = () => {
      const i = started++;
      const began = times === undefined ? 0 : performance.now();
      run(i).then(() => {
        if (times !== undefined) times[i] = performance.now() - began;
        if (--left === 0) resolve();
        else if (started < tasks) start();
      }, reject);
    };
    for (let i = 0; i < Math.min(inFlight, tasks); i++) start();
  });
}
