import { behind, others } from './behind.js';

/** The duration of a short task, and the time limit of an endless one, in ms. */
const MOMENT = 400;
const LIMIT = 800;

/** Rows on cancelling and time limits. */
export const orders = [
  {
    name: 'abort',
    title: 'A is an endless synchronous loop, and its signal aborts',
    expects: 'A rejects; B, C and D are done',
    can: 'abort',
    wants: { A: 'rejects', ...others },
    ours: { A: 'CANCELLED' },
    async play(experiment) {
      const controller = new AbortController();
      experiment.open();
      experiment.submit('A', 'loop', { options: { signal: controller.signal } });
      experiment.submit('B');
      experiment.submit('C');
      await experiment.begun('A');
      controller.abort();
      await experiment.settled('A', 'B', 'C');
      experiment.mark();
      experiment.submit('D');
      await experiment.settled('A', 'B', 'C', 'D');
    },
  },
  {
    name: 'innocent',
    title: 'A is an endless loop, and its signal aborts while B runs on another worker (two workers)',
    expects: 'A rejects; B is done, in one try; C and D are done',
    can: 'abort',
    wants: { A: 'rejects', ...others },
    ours: { A: 'CANCELLED' },
    async play(experiment) {
      const controller = new AbortController();
      experiment.open({ size: 2 });
      experiment.submit('A', 'loop', { options: { signal: controller.signal } });
      experiment.submit('B', 'wait', { more: { ms: MOMENT } });
      experiment.submit('C');
      await experiment.begun('A');
      await experiment.begun('B');
      controller.abort();
      await experiment.settled('A', 'B', 'C');
      experiment.mark();
      experiment.submit('D');
      await experiment.settled('A', 'B', 'C', 'D');
    },
  },
  {
    name: 'abort-queued',
    title: 'B is queued, and its signal aborts',
    expects: 'B rejects at once and does not begin; A, C and D are done',
    can: 'abort',
    wants: { B: 'rejects', A: 'done', C: 'done', D: 'done' },
    ours: { B: 'CANCELLED' },
    async play(experiment) {
      const controller = new AbortController();
      experiment.open();
      experiment.submit('A', 'wait', { more: { ms: MOMENT } });
      experiment.submit('B', 'echo', { options: { signal: controller.signal } });
      experiment.submit('C');
      await experiment.begun('A');
      controller.abort();
      await experiment.settled('B');
      experiment.note('isAtOnce', experiment.observation.tasks.A.state === 'pending');
      await experiment.settled('A', 'C');
      experiment.mark();
      experiment.submit('D');
      await experiment.settled('A', 'B', 'C', 'D');
    },
    faultsOf: ({ tasks: { B }, notes, tries }) => [
      ...(B.state === 'rejected' && !notes.isAtOnce ? ['B rejects only after A'] : []),
      ...(tries.B > 0 && B.state === 'rejected' ? ['B runs all the same'] : []),
    ],
  },
  {
    name: 'timeout',
    title: `A is an endless loop with a time limit of ${LIMIT} ms`,
    expects: 'A rejects; B, C and D are done',
    can: 'abort',
    wants: { A: 'rejects', ...others },
    ours: { A: 'TIMEOUT_RUN' },
    play: limited('loop'),
  },
  {
    name: 'stopped',
    title: `A has a time limit of ${LIMIT} ms, and SIGSTOP stops its process`,
    expects: 'A rejects; B, C and D are done',
    host: 'process',
    can: 'abort',
    wants: { A: 'rejects', ...others },
    ours: { A: 'TIMEOUT_RUN' },
    play: limited('outstay', 'SIGSTOP'),
  },
  {
    name: 'heartbeat',
    title: 'A has no time limit, SIGSTOP stops its process, and the pool has a heartbeat',
    expects: 'A rejects; B, C and D are done',
    host: 'process',
    can: 'heartbeat',
    wants: { A: 'rejects', ...others },
    ours: { A: 'WORKER_DIED' },
    play: behind('outstay', {
      open: { heartbeat: LIMIT },
      async during(experiment) {
        process.kill(await experiment.begun('A'), 'SIGSTOP');
      },
    }),
  },
];

/** Gives A a time limit; the signal stops its process. */
function limited(deed, signal) {
  return async (experiment) => {
    experiment.open();
    // Wait until the first task's worker has started: some pools count its start as part of the task.
    experiment.submit('W');
    await experiment.settled('W');
    experiment.submit('A', deed, { options: { timeout: LIMIT } });
    experiment.submit('B');
    experiment.submit('C');
    if (signal !== undefined) {
      const pid = await experiment.begun('A');
      if (pid !== undefined) process.kill(pid, signal);
    }
    await experiment.settled('A', 'B', 'C');
    experiment.mark();
    experiment.submit('D');
    await experiment.settled('A', 'B', 'C', 'D');
  };
}
