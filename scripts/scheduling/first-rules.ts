import { Clock, keysOf, type Outcome, type Workload } from './workload.ts';

/** A worker of the first rules. */
interface Worker {
  key: number | undefined;
  isBusy: boolean;
  used: number;
}

/**
 * Runs a workload under the first rules, for comparison: an old worker takes tasks of its own key only, and
 * is replaced only when no worker is busy. Then the least recently used one makes room; in a kind with `affinity`, one
 * for each key that waits.
 */
export function simulateFirstRules(load: Workload, hasAffinity: boolean): Outcome {
  const clock = new Clock();
  const keys = keysOf(load);
  const queue: { readonly key: number; readonly arrival: number }[] = [];
  const workers: Worker[] = Array.from({ length: load.size }, () => ({ key: undefined, isBusy: true, used: 0 }));
  let [arrived, ended, loads, births, longestWait, busyTime, uses] = [0, 0, 0, 0, 0, 0, 0];

  const arrive = () => {
    if (arrived < load.tasks) queue.push({ key: keys[arrived++] as number, arrival: clock.now });
  };
  const start = (worker: Worker) => {
    worker.isBusy = true;
    worker.key = undefined;
    births++;
    clock.after(load.start, () => free(worker));
  };
  const free = (worker: Worker) => {
    worker.isBusy = false;
    worker.used = ++uses;
    offer();
  };
  const offer = () => {
    const idle = workers.filter(({ isBusy }) => !isBusy).sort((a, b) => b.used - a.used);
    for (const worker of idle) {
      const index = queue.findIndex(({ key }) => worker.key === undefined || worker.key === key);
      if (index >= 0) perform(worker, index);
    }
    if (queue.length === 0 || workers.some(({ isBusy }) => isBusy)) return;
    const waiting = hasAffinity ? new Set(queue.map(({ key }) => key)).size : 1;
    for (const worker of idle.reverse().slice(0, waiting)) start(worker);
  };
  const perform = (worker: Worker, index: number) => {
    const [task] = queue.splice(index, 1) as [{ key: number; arrival: number }];
    longestWait = Math.max(longestWait, clock.now - task.arrival);
    const isLoaded = worker.key === task.key;
    if (!isLoaded) loads++;
    worker.key = task.key;
    worker.isBusy = true;
    const ms = load.work + (isLoaded ? 0 : load.load);
    busyTime += ms;
    clock.after(ms, () => {
      ended++;
      arrive();
      free(worker);
    });
  };

  for (let i = 0; i < load.inFlight; i++) arrive();
  for (const worker of workers) start(worker);
  while (ended < load.tasks) if (!clock.step()) throw new Error(`${queue.length} tasks wait for ever`);
  return { wall: clock.now, loads, births, longestWait, busyShare: busyTime / (clock.now * load.size) };
}
