import { AsyncLocalStorage } from 'node:async_hooks';
import timers from 'node:timers';
import { behind, others } from './behind.js';

/** Tasks with one shared signal: more than the listeners that Node accepts without a warning. */
const CROWD = Array.from({ length: 100 }, (_, i) => `T${i + 1}`);
/** The time limit of an endless task, in ms. */
const LIMIT = 800;

/** Rows on signals, warnings and timers: things of the program or of a task, not of the pool. */
export const callers = [
  {
    name: 'false-timers',
    title: 'the task replaces the timers and clocks of its worker, like a test that does not restore them',
    expects: 'A, B, C and D are done',
    wants: { A: 'done', ...others },
    play: behind('leave false timers'),
  },
  {
    name: 'mocked-timers',
    title: `the program has replaced its timers and clocks, and B has a time limit of ${LIMIT} ms`,
    expects: 'A is done, B rejects, C and D are done',
    can: 'abort',
    wants: { A: 'done', B: 'rejects', C: 'done', D: 'done' },
    ours: { B: 'TIMEOUT_RUN' },
    async play(experiment) {
      mockTimers();
      experiment.open();
      experiment.submit('A');
      await experiment.settled('A');
      experiment.submit('B', 'outstay', { options: { timeout: LIMIT } });
      experiment.submit('C');
      await experiment.settled('B', 'C');
      experiment.mark();
      experiment.submit('D');
      await experiment.settled('B', 'C', 'D');
    },
  },
  {
    name: 'context',
    title: "the callback for a task's messages reads the program's AsyncLocalStorage",
    expects: 'A and B are done; each callback finds the value of its own caller',
    can: 'feedback',
    wants: { A: 'done', B: 'done' },
    async play(experiment) {
      const storage = new AsyncLocalStorage();
      const found = {};
      experiment.open();
      for (const name of ['A', 'B']) {
        const onFeedback = () => {
          found[name] = storage.getStore() ?? 'nothing';
          experiment.note('found', found);
        };
        storage.run(name, () => experiment.submit(name, 'a word', { options: { onFeedback } }));
      }
      await experiment.settled('A', 'B');
    },
    faultsOf: ({ notes: { found = {} } }) =>
      ['A', 'B'].flatMap((name) => {
        if (found[name] === undefined) return [`the callback of ${name} is never called`];
        return found[name] === name ? [] : [`the callback of ${name} finds ${whoseOf(found[name])}`];
      }),
  },
  {
    name: 'one-signal',
    title: `${CROWD.length} tasks with the same signal`,
    expects: 'all are done, and no warning is printed',
    // Pools that accept a signal.
    can: 'signal',
    wants: Object.fromEntries(CROWD.map((name) => [name, 'done'])),
    async play(experiment) {
      const { signal } = new AbortController();
      process.on('warning', ({ name }) => experiment.note('warning', name));
      experiment.open();
      for (const name of CROWD) experiment.submit(name, 'echo', { options: { signal } });
      await experiment.settled(...CROWD);
    },
    faultsOf: ({ notes }) => (notes.warning === undefined ? [] : [`the program is warned: ${notes.warning}`]),
  },
];

/** Mocks timers and clocks as tests do: no timer fires, and time stands still. */
function mockTimers() {
  const never = () => ({ ref() {}, unref() {}, hasRef: () => false, refresh() {}, close() {} });
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    globalThis[name] = never;
    timers[name] = never;
  }
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) globalThis[name] = () => {};
  const time = Date.now();
  Date.now = () => time;
  performance.now = () => 0;
}

function whoseOf(found) {
  return found === 'nothing' ? 'nothing' : `the value of ${found}`;
}
