/** Runs so many tasks, `inFlight` at a time: each that ends starts another. `times`: where to note how long each took. */
export function keepInFlight(run, tasks, inFlight, times) {
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

/** How long a subject is warmed at least, where it has done its tasks sooner. In ms. */
const WARM = 500;

/** Brings a subject up to speed, and what measures it: with times, as it is measured afterwards. */
export async function warmUp(run, tasks) {
  const end = performance.now() + WARM;
  const times = new Float64Array(tasks);
  do await keepInFlight((i) => run({ i, s: 'x' }), tasks, 1000, times);
  while (performance.now() < end);
}

/** Runs all tasks at once and waits for the last one. Answers microseconds a task. */
export async function burstOf(run, tasks) {
  const start = performance.now();
  await new Promise((resolve, reject) => {
    let left = tasks;
    const done = () => --left === 0 && resolve();
    for (let i = 0; i < tasks; i++) run({ i, s: 'x' }).then(done, reject);
  });
  return ((performance.now() - start) / tasks) * 1000;
}
