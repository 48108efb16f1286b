/** Runs a number of tasks, `inFlight` at a time: each one that ends starts another. */
export function keepInFlight(run, tasks, inFlight) {
  return new Promise((resolve, reject) => {
    let started = 0;
    let left = tasks;
    const start = () => {
      run(started++).then(() => {
        if (--left === 0) resolve();
        else if (started < tasks) start();
      }, reject);
    };
    for (let i = 0; i < Math.min(inFlight, tasks); i++) start();
  });
}

/**
 * The warm-up of a subject, in slices of time. The warm-up ends when its figures stand still: a few slices in a row were
 * not faster than the best before them. At the latest it ends when its chance is over. In ms. A quick run measures for a
 * shorter time, but warms up as long: a figure of a cold subject says nothing.
 */
const WARMTH = { slice: 100, inVain: 4, chance: 2000 };

/** The most measured tasks. */
const MOST = 2_000_000;

/**
 * Keeps tasks in flight: first until the subject is warm, then for the `ms` of the measurement, so that all subjects
 * run long enough, however quick they are. Returns the number of tasks that ended in that time, the time and this
 * process's processor time for one task, in us, and the duration of each task, in ms, sorted.
 */
export function flyFor(run, ms, inFlight) {
  return new Promise((resolve, reject) => {
    const times = new Float64Array(MOST);
    const isWarm = warmingUp(WARMTH);
    let started = 0;
    let left = 0;
    let done = 0;
    let since = 0;
    let cpu;
    let found;
    const ended = (now) => {
      if (since === 0) {
        if (!isWarm(now)) return;
        since = now;
        cpu = process.cpuUsage();
      } else if (found === undefined && (now >= since + ms || done === MOST)) {
        const { user, system } = process.cpuUsage(cpu);
        found = {
          done,
          us: ((now - since) / done) * 1000,
          cpu: (user + system) / done,
          times: times.subarray(0, done),
        };
      }
    };
    const start = () => {
      left++;
      const began = performance.now();
      run(started++).then(() => {
        left--;
        const now = performance.now();
        if (since !== 0 && found === undefined) times[done++] = now - began;
        ended(now);
        if (found === undefined) start();
        else if (left === 0) resolve({ ...found, times: found.times.sort() });
      }, reject);
    };
    for (let i = 0; i < inFlight; i++) start();
  });
}

/** Keeps tasks in flight until it is ended; `measure` returns the cost of one task during some time. */
export function fly(run, inFlight) {
  let started = 0;
  let done = 0;
  let isOver = false;
  const callers = Array.from({ length: inFlight }, async () => {
    while (!isOver) {
      await run(started++);
      done++;
    }
  });
  return {
    async measure(ms) {
      const [since, before, cpu] = [performance.now(), done, process.cpuUsage()];
      await new Promise((resolve) => setTimeout(resolve, ms));
      const { user, system } = process.cpuUsage(cpu);
      return { us: ((performance.now() - since) * 1000) / (done - before), cpu: (user + system) / (done - before) };
    },
    async end() {
      isOver = true;
      await Promise.all(callers);
    },
  };
}

/** Makes a check, called at the end of each task, whether the subject is as fast as possible. */
function warmingUp({ slice, inVain, chance }) {
  const start = performance.now();
  let next = start + slice;
  let tasks = 0;
  let best = 0;
  let tries = 0;
  return (now) => {
    tasks++;
    if (now < next) return false;
    tries = tasks > 1.03 * best ? 0 : tries + 1;
    best = Math.max(best, tasks);
    tasks = 0;
    next = now + slice;
    return tries === inVain || now >= start + chance;
  };
}

/** Warms a subject up, with many tasks in flight unless the workload has fewer. */
export async function warmUp(run, inFlight = 1000) {
  await flyFor((i) => run({ i, s: 'x' }), 1, inFlight);
}

/**
 * Runs all tasks at once and waits for the last one. Returns microseconds a task: `us` of the whole, `waiting` from the
 * moment when all of them wait.
 */
export async function burstOf(run, tasks) {
  const start = performance.now();
  let full = 0;
  await new Promise((resolve, reject) => {
    let left = tasks;
    const done = () => --left === 0 && resolve();
    for (let i = 0; i < tasks; i++) run({ i, s: 'x' }).then(done, reject);
    full = performance.now();
  });
  const end = performance.now();
  return { us: ((end - start) / tasks) * 1000, waiting: ((end - full) / tasks) * 1000 };
}
