import { behind, others } from './behind.js';

/** A task that is at work for a moment, and a time limit of one that has no end. In ms. */
const MOMENT = 400;
const LIMIT = 800;

/** Cancelling and time limits. */
export const orders = [
  {
    name: 'abort',
    title: 'A is an endless synchronous loop, and its signal aborts',
    expects: 'A rejects; B, C and D are done',
    can: 'abort',
    wants: { A: 'rejects', ...others },
    ours: { A: 'CANCELLED' },
    async play(scene) {
      const controller = new AbortController();
      scene.open();
      scene.submit('A', 'loop', { options: { signal: controller.signal } });
      scene.submit('B');
      scene.submit('C');
      await scene.begun('A');
      controller.abort();
      await scene.settled('A', 'B', 'C');
      scene.mark();
      scene.submit('D');
      await scene.settled('A', 'B', 'C', 'D');
    },
  },
  {
    name: 'innocent',
    title: 'A is an endless loop, and its signal aborts while B runs on another worker (two workers)',
    expects: 'A rejects; B is done, in one try; C and D are done',
    can: 'abort',
    wants: { A: 'rejects', ...others },
    ours: { A: 'CANCELLED' },
    async play(scene) {
      const controller = new AbortController();
      scene.open({ size: 2 });
      scene.submit('A', 'loop', { options: { signal: controller.signal } });
      scene.submit('B', 'wait', { more: { ms: MOMENT } });
      scene.submit('C');
      await scene.begun('A');
      await scene.begun('B');
      controller.abort();
      await scene.settled('A', 'B', 'C');
      scene.mark();
      scene.submit('D');
      await scene.settled('A', 'B', 'C', 'D');
    },
  },
  {
    name: 'abort-queued',
    title: 'B is queued, and its signal aborts',
    expects: 'B rejects at once and does not begin; A, C and D are done',
    can: 'abort',
    wants: { B: 'rejects', A: 'done', C: 'done', D: 'done' },
    ours: { B: 'CANCELLED' },
    async play(scene) {
      const controller = new AbortController();
      scene.open();
      scene.submit('A', 'wait', { more: { ms: MOMENT } });
      scene.submit('B', 'echo', { options: { signal: controller.signal } });
      scene.submit('C');
      await scene.begun('A');
      controller.abort();
      await scene.settled('B');
      scene.note('isAtOnce', scene.observation.tasks.A.state === 'pending');
      await scene.settled('A', 'C');
      scene.mark();
      scene.submit('D');
      await scene.settled('A', 'B', 'C', 'D');
    },
    judge: ({ tasks: { B }, notes, tries }) => [
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
    play: limited('linger', 'SIGSTOP'),
  },
  {
    name: 'heartbeat',
    title: 'A has no time limit, SIGSTOP stops its process, and the pool has a heartbeat',
    expects: 'A rejects; B, C and D are done',
    host: 'process',
    can: 'heartbeat',
    wants: { A: 'rejects', ...others },
    ours: { A: 'WORKER_DIED' },
    play: behind('linger', {
      open: { heartbeat: LIMIT },
      async during(scene) {
        process.kill(await scene.begun('A'), 'SIGSTOP');
      },
    }),
  },
];

/** A has a time limit, the signal stops its process. */
function limited(deed, signal) {
  return async (scene) => {
    scene.open();
    // The first task's worker is there: some pools count its start as part of the task.
    scene.submit('W');
    await scene.settled('W');
    scene.submit('A', deed, { options: { timeout: LIMIT } });
    scene.submit('B');
    scene.submit('C');
    if (signal !== undefined) {
      const pid = await scene.begun('A');
      if (pid !== undefined) process.kill(pid, signal);
    }
    await scene.settled('A', 'B', 'C');
    scene.mark();
    scene.submit('D');
    await scene.settled('A', 'B', 'C', 'D');
  };
}
