import { isAlive, rest } from '../experiment.js';

/** The duration of a short task, in ms. */
const MOMENT = 300;
/** The time of the measurement, and the processor time that a pool without tasks may use in it, in ms. */
const WATCH = 400;
const QUIET = 200;
/** The number of trials for a row on orphans. */
const TRIALS = 20;
const WORKERS = 2;

/** Rows on the end of a pool, of a program and of the processes that it started. */
export const endings = [
  {
    name: 'close',
    title: 'the pool is closed with A running and B queued',
    expects: 'A and B settle; the call resolves',
    wants: { A: 'settles', B: 'settles' },
    ours: { A: 'done', B: 'done' },
    async play(experiment) {
      const pool = experiment.open();
      experiment.submit('A', 'wait', { more: { ms: MOMENT } });
      experiment.submit('B');
      await experiment.begun('A');
      await experiment.end('close', () => pool.close());
      await experiment.settled('A', 'B');
    },
    faultsOf: closed,
  },
  {
    name: 'close-twice',
    title: 'the pool is closed twice, with A running',
    expects: 'A settles; both calls resolve',
    wants: { A: 'settles' },
    ours: { A: 'done' },
    async play(experiment) {
      const pool = experiment.open();
      experiment.submit('A', 'wait', { more: { ms: MOMENT } });
      await experiment.begun('A');
      await Promise.all([experiment.end('close', () => pool.close()), experiment.end('again', () => pool.close())]);
      await experiment.settled('A');
    },
    faultsOf: (observation) => [
      ...closed(observation),
      ...(observation.notes.again === 'resolves' ? [] : [`the second call ${observation.notes.again}`]),
    ],
  },
  {
    name: 'close-death',
    title: 'the pool is closed, and then A exits',
    expects: 'A rejects; B settles; the call resolves',
    wants: { A: 'rejects', B: 'settles' },
    ours: { A: 'WORKER_DIED', B: 'done' },
    async play(experiment) {
      const pool = experiment.open();
      experiment.submit('A', 'wait and exit', { more: { ms: MOMENT } });
      experiment.submit('B');
      await experiment.begun('A');
      await experiment.end('close', () => pool.close());
      await experiment.settled('A', 'B');
    },
    faultsOf: closed,
  },
  {
    name: 'after-close',
    title: '`run` after the pool was closed',
    expects: 'B rejects: it neither throws nor starts another worker',
    wants: { A: 'done', B: 'rejects' },
    ours: { B: 'CLOSED' },
    async play(experiment) {
      const pool = experiment.open();
      experiment.submit('A');
      await experiment.settled('A');
      await experiment.end('close', () => pool.close());
      experiment.submit('B');
      await experiment.settled('B');
    },
    faultsOf: (observation) => [
      ...closed(observation),
      ...(observation.tasks.B?.state === 'resolved' ? ['a closed pool starts a worker'] : []),
    ],
  },
  {
    name: 'destroy',
    title: 'the pool is destroyed while A is in an endless loop and B is queued',
    expects: 'A and B settle; the call resolves; no loop goes on',
    wants: { A: 'settles', B: 'settles' },
    ours: { A: 'CANCELLED', B: 'CANCELLED' },
    async play(experiment, { host }) {
      const pool = experiment.open();
      experiment.submit('A', 'loop');
      experiment.submit('B');
      const pid = await experiment.begun('A');
      await experiment.end('destroy', () => pool.destroy());
      await experiment.settled('A', 'B');
      if (host === 'process') return experiment.note('loopsOn', isAlive(pid));
      // A thread has no process to check: measure the processor time instead.
      const before = process.cpuUsage();
      await rest(WATCH);
      const { user, system } = process.cpuUsage(before);
      experiment.note('loopsOn', (user + system) / 1000 > QUIET);
    },
    faultsOf: ({ notes }) => [
      ...(notes.destroy === 'resolves' ? [] : [`the call ${notes.destroy}`]),
      ...(notes.loopsOn ? ['the loop goes on'] : []),
    ],
  },
  {
    name: 'destroy-twice',
    title: 'the pool is destroyed twice while A never ends and B is queued',
    expects: 'A and B settle; both calls resolve',
    wants: { A: 'settles', B: 'settles' },
    ours: { A: 'CANCELLED', B: 'CANCELLED' },
    async play(experiment) {
      const pool = experiment.open();
      experiment.submit('A', 'outstay');
      experiment.submit('B');
      await experiment.begun('A');
      await Promise.all([
        experiment.end('destroy', () => pool.destroy()),
        experiment.end('again', () => pool.destroy()),
      ]);
      await experiment.settled('A', 'B');
    },
    faultsOf: both,
  },
  {
    name: 'destroy-callback',
    title: 'the callback for a message of A destroys the pool twice, while B is queued',
    expects: 'A and B settle; both calls resolve',
    can: 'feedback',
    wants: { A: 'settles', B: 'settles' },
    ours: { A: 'CANCELLED', B: 'CANCELLED' },
    async play(experiment) {
      const pool = experiment.open();
      const ends = [];
      const onFeedback = () => {
        ends.push(
          experiment.end('destroy', () => pool.destroy()),
          experiment.end('again', () => pool.destroy()),
        );
      };
      experiment.submit('A', 'a word and wait', { more: { ms: MOMENT * 100 }, options: { onFeedback } });
      experiment.submit('B');
      await experiment.until(() => ends.length > 0);
      await Promise.all(ends);
      await experiment.settled('A', 'B');
    },
    faultsOf: both,
  },
  {
    name: 'ctrl-c',
    title: 'Ctrl-C (SIGINT to the process group) with A running and B queued; the program waits for both and closes',
    expects: 'A and B are done; the call resolves',
    host: 'process',
    wants: { A: 'done', B: 'done' },
    async play(experiment) {
      const pool = experiment.open();
      experiment.submit('A', 'wait', { more: { ms: MOMENT } });
      experiment.submit('B');
      await experiment.begun('A');
      process.on('SIGINT', () => experiment.note('isHeard', true));
      process.kill(0, 'SIGINT');
      await experiment.settled('A', 'B');
      await experiment.end('close', () => pool.close());
    },
    faultsOf: closed,
  },
  {
    name: 'idle-exit',
    title: 'the program has nothing left to do, and its pool is idle',
    expects: 'the program ends by itself',
    isLeft: true,
    wants: { A: 'done' },
    async play(experiment) {
      experiment.open();
      experiment.submit('A');
      await experiment.settled('A');
    },
    faultsOf: ({ ending }) => {
      if (ending === 'killed') return ['the program never ends'];
      return ending === 0 ? [] : [`the program ends with ${ending}`];
    },
    remark: () => 'the program ends',
  },
  {
    name: 'orphans',
    title: `\`kill -9\` of the program while its ${WORKERS} workers are in endless loops`,
    expects: 'after two seconds none of their processes lives',
    // A pool that promises it gets several trials, the others one.
    trials: ({ peer, host }) => (peer === 'statepool' && host === 'process' ? TRIALS : 1),
    isKilled: true,
    wants: {},
    async play(experiment) {
      experiment.open({ size: WORKERS });
      const names = Array.from({ length: WORKERS }, (_, i) => `loop ${i + 1}`);
      for (const name of names) experiment.submit(name, 'loop');
      const pids = await Promise.all(names.map((name) => experiment.begun(name)));
      experiment.note('pids', [...new Set(pids)]);
      experiment.done();
      await rest(MOMENT * 100);
    },
    faultsOf: ({ orphans, notes }) => {
      if (notes.pids === undefined) return ['the workers never began'];
      return orphans > 0 ? [`${orphans} of ${WORKERS} still run`] : [];
    },
    remark: (_observation, { host }) =>
      host === 'process' ? 'no process is left' : 'the threads end with the program',
  },
];

function closed({ notes }) {
  return notes.close === 'resolves' ? [] : [`the call ${notes.close}`];
}

function both({ notes }) {
  return [
    ...(notes.destroy === 'resolves' ? [] : [`the call ${notes.destroy ?? 'is never made'}`]),
    ...(notes.again === 'resolves' ? [] : [`the second call ${notes.again ?? 'is never made'}`]),
  ];
}
