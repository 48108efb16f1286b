import { isAlive, rest } from '../experiment.js';
import { behind, others } from './behind.js';

/**
 * The time from its answer to the exit of an idle thread, the wait for that, and the delay of the later tasks, in ms.
 */
const SOON = 100;
const DOUBT = 1500;
const LATER = 500;
/** The memory limit of the greedy task, in MB. */
const HEAP = 64;
const CROWD = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

const died = { A: 'WORKER_DIED' };

const killing = (signal) => async (experiment) => {
  const pid = await experiment.begun('A');
  if (pid !== undefined) process.kill(pid, signal);
};

/** Rows on tasks whose worker dies. */
export const deaths = [
  {
    name: 'exit',
    title: '`process.exit()` in the task',
    expects: 'A rejects; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: died,
    play: behind('exit'),
  },
  {
    name: 'kill',
    title: '`kill -9` of a busy process',
    expects: 'A rejects; B, C and D are done',
    host: 'process',
    wants: { A: 'rejects', ...others },
    ours: died,
    play: behind('outstay', { during: killing('SIGKILL') }),
  },
  {
    name: 'crash',
    title: 'a native crash: `abort()` in the task',
    expects: 'A rejects; B, C and D are done',
    host: 'process',
    wants: { A: 'rejects', ...others },
    ours: died,
    play: behind('abort'),
  },
  {
    name: 'oom',
    title: `the heap is full (${HEAP} MB)`,
    expects: 'A rejects; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: died,
    play: behind('oom', { open: { heap: HEAP } }),
  },
  {
    name: 'rejection',
    title: 'an unhandled rejection in the task',
    expects: 'A rejects; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: died,
    play: behind('reject'),
  },
  {
    name: 'uncaught',
    title: 'an uncaught error in a timer of the task',
    expects: 'A rejects; B, C and D are done',
    wants: { A: 'rejects', ...others },
    ours: died,
    play: behind('throw later'),
  },
  {
    name: 'channel',
    title: 'the task closes the channel to its parent',
    expects: 'A settles; B, C and D are done',
    wants: { A: 'settles', ...others },
    // A statepool thread answers on a port of its own.
    ours: { process: died, thread: { A: 'done' } },
    play: behind('close the channel'),
  },
  {
    name: 'descriptors',
    title: 'the task closes every socket that its process had at the start (file descriptors 3 to 9)',
    expects: 'A settles; B, C and D are done',
    host: 'process',
    wants: { A: 'settles', ...others },
    ours: died,
    play: behind('close the sockets'),
  },
  {
    name: 'idle-death',
    title: 'an idle worker dies, and tasks come later',
    expects: 'no task is lost: B, C and D are done',
    wants: { A: 'done', ...others },
    play: dying(LATER),
  },
  {
    name: 'idle-death-now',
    title: 'an idle worker dies, and tasks come in the same moment',
    expects: 'no task is lost: B, C and D are done',
    wants: { A: 'done', ...others },
    play: dying(0),
  },
  {
    name: 'crowd',
    title: `two workers, ${CROWD.length} tasks that all exit, then the task Z`,
    expects: 'A to H reject; Z is done; there are never more than two processes',
    wants: { ...Object.fromEntries(CROWD.map((name) => [name, 'rejects'])), Z: 'done' },
    ours: Object.fromEntries(CROWD.map((name) => [name, 'WORKER_DIED'])),
    async play(experiment, { host }) {
      experiment.open({ size: 2 });
      for (const name of CROWD) experiment.submit(name, 'exit');
      let most = 0;
      await experiment.until(() => {
        if (host === 'process') {
          const pids = new Set(experiment.log().map(({ pid }) => pid));
          most = Math.max(most, [...pids].filter(isAlive).length);
        }
        return CROWD.every((name) => experiment.observation.tasks[name].state !== 'pending');
      });
      if (host === 'process') experiment.note('most', most);
      experiment.mark();
      experiment.submit('Z');
      await experiment.settled('Z', ...CROWD);
    },
    faultsOf: ({ notes }) => (notes.most > 2 ? [`${notes.most} processes at once`] : []),
  },
  {
    name: 'poison',
    title: 'the task exits at each try, and the pool allows two retries',
    expects: 'A rejects after three tries; B, C and D are done',
    can: 'retry',
    wants: { A: 'rejects', ...others },
    ours: died,
    play: behind('exit', { open: { retries: 2 } }),
    faultsOf: ({ tries }) => (tries.A === 3 ? [] : [`A had ${tries.A} tries`]),
  },
];

/** Ends a worker without a task, and submits tasks again after some ms. */
function dying(ms) {
  return async (experiment, { host }) => {
    experiment.open();
    experiment.submit('A', host === 'process' ? 'echo' : 'exit later', { more: { ms: SOON } });
    await experiment.settled('A');
    if (host === 'process') {
      const pid = await experiment.begun('A');
      process.kill(pid, 'SIGKILL');
      // No turn of the event loop: the pool cannot know of the death yet.
      while (isAlive(pid));
    } else {
      // A pool that puts its idle threads to sleep prevents the exit.
      await experiment.until(() => experiment.log().some(({ event }) => event === 'exit'), DOUBT);
    }
    if (ms > 0) await rest(ms);
    for (const name of ['B', 'C', 'D']) experiment.submit(name);
    await experiment.settled('B', 'C', 'D');
  };
}
