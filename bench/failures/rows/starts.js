import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rest } from '../experiment.js';

/** The longest time until a pool gives up, in ms: longer than the patience with a task. */
const GIVING_UP = 12_000;

/** The time without calls on a pool whose workers die, and the most workers that it may start in that time, in ms. */
const IDLE = 3000;
const STARTS = 10;
/** The most open files of a program that runs out of them, and the time of the shortage, in ms. */
const FILES = 256;
const SHORTAGE = 800;
const GLANCE = 2;

/** Rows on workers that do not start. */
export const starts = [
  {
    name: 'broken-file',
    title: "the worker's module throws while it loads",
    expects: 'A and B reject, and the error says why',
    start: 'throw',
    wants: { A: 'rejects', B: 'rejects' },
    ours: { A: 'DEGRADED', B: 'DEGRADED' },
    play: two,
    faultsOf: ({ tasks: { A } }) =>
      A.state === 'rejected' && !A.error.details?.includes('broken on purpose') ? ['A does not say why'] : [],
  },
  {
    name: 'dies-at-start',
    title: 'the worker exits while it loads',
    expects: 'A and B reject',
    start: 'exit',
    wants: { A: 'rejects', B: 'rejects' },
    ours: { A: 'DEGRADED', B: 'DEGRADED' },
    play: two,
  },
  {
    name: 'first-start-dies',
    title: 'the first worker exits while it loads, and the next workers start well',
    expects: 'A and B settle; C is done',
    start: 'exit-once',
    wants: { A: 'settles', B: 'settles', C: 'done' },
    ours: { A: 'done', B: 'done' },
    async play(experiment) {
      await two(experiment);
      experiment.mark();
      experiment.submit('C');
      await experiment.settled('C');
    },
  },
  {
    name: 'dies-when-ready',
    title: 'every worker exits just after it has started',
    expects: `A rejects; in the next ${IDLE / 1000} s, without tasks, the pool starts ${STARTS} workers at most`,
    start: 'exit-soon',
    wants: { A: 'rejects' },
    async play(experiment) {
      const loads = () => experiment.log().filter(({ event }) => event === 'load').length;
      experiment.open();
      experiment.submit('A', 'outstay');
      await experiment.settled('A');
      const before = loads();
      await rest(IDLE);
      experiment.note('starts', loads() - before);
    },
    faultsOf: ({ notes }) => (notes.starts > STARTS ? ['it starts worker after worker'] : []),
  },
  {
    name: 'no-files',
    title: 'A exits while the program has no free file descriptor, and later there are free ones again',
    expects: 'the program lives; A rejects; B and C, submitted meanwhile, settle; D, submitted afterwards, is done',
    files: FILES,
    wants: { A: 'rejects', B: 'settles', C: 'settles', D: 'done' },
    async play(experiment) {
      experiment.open();
      experiment.submit('W');
      await experiment.settled('W');
      const hoard = new Hoard();
      experiment.submit('A', 'exit');
      experiment.submit('B');
      experiment.submit('C');
      for (let left = SHORTAGE; left > 0; left -= GLANCE) {
        hoard.fill();
        await rest(GLANCE);
      }
      hoard.give();
      await experiment.settled('A', 'B', 'C');
      experiment.mark();
      experiment.submit('D');
      await experiment.settled('D');
    },
  },
  {
    name: 'no-folder',
    title: "the program's working directory has been deleted",
    expects: 'A and B are done',
    // Node itself starts no thread there.
    host: 'process',
    wants: { A: 'done', B: 'done' },
    async play(experiment) {
      const folder = mkdtempSync(join(tmpdir(), 'statepool-failures-'));
      process.chdir(folder);
      rmSync(folder, { recursive: true });
      await two(experiment);
    },
  },
  {
    name: 'prototype',
    title: 'the program has an enumerable function on `Object.prototype`',
    expects: 'A and B are done',
    wants: { A: 'done', B: 'done' },
    async play(experiment) {
      // Add a property as some old libraries do.
      Object.prototype.inherited = function inherited() {};
      await two(experiment);
    },
  },
];

/** Holds all free file descriptors. */
class Hoard {
  #files = [];

  fill() {
    try {
      for (;;) this.#files.push(openSync('/dev/null'));
    } catch (error) {
      if (error.code !== 'EMFILE') throw error;
    }
  }

  give() {
    for (const file of this.#files) closeSync(file);
  }
}

async function two(experiment) {
  try {
    experiment.open();
  } catch (error) {
    experiment.note('refused', String(error));
    return;
  }
  experiment.submit('A');
  experiment.submit('B');
  const isSettled = () => ['A', 'B'].every((name) => experiment.observation.tasks[name].state !== 'pending');
  await experiment.until(isSettled, GIVING_UP);
}
