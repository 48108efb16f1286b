/** What is done with a subject: each answers its figures. Times in us a task unless the name says otherwise. */
export const workloads = {
  /** One task after the other. */
  async latency({ run }, tasks) {
    const times = new Float64Array(tasks);
    for (let i = 0; i < tasks; i++) {
      const start = performance.now();
      await run({ i, s: 'x' });
      times[i] = performance.now() - start;
    }
    times.sort();
    return { us: times[tasks >> 1] * 1000, p99: times[Math.floor(tasks * 0.99)] * 1000 };
  },

  /** 1,000 tasks in flight: each that ends starts another. */
  async throughput({ run }, tasks) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    await keepInFlight(run, tasks, 1000);
    const { user, system } = process.cpuUsage(cpu);
    return { us: ((performance.now() - start) / tasks) * 1000, cpu: (user + system) / tasks };
  },

  /** All tasks at once. */
  async burst({ run }, tasks) {
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
};

function keepInFlight(run, tasks, inFlight) {
  return new Promise((resolve, reject) => {
    let started = 0;
    let left = tasks;
    const next = () => {
      if (--left === 0) resolve();
      else if (started < tasks) start();
    };
    const start = () => run({ i: started++, s: 'x' }).then(next, reject);
    for (let i = 0; i < Math.min(inFlight, tasks); i++) start();
  });
}
