import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rest } from '../scene.js';

/** How long a pool may go on trying before it says that it cannot: longer than patience with a task. In ms. */
const GIVING_UP = 12_000;

/** How long nothing is asked of a pool whose workers die, and how many of them it may start in that time. In ms. */
const IDLE = 3000;
const STARTS = 10;
/** How many files a program may have open that is to run out of them, and for how long it does. In ms. */
const FILES = 256;
const SHORTAGE = 800;
const GLANCE = 2;

/** Workers that do not come up. */
export const starts = [
  {
    name: 'broken-file',
    title: "the worker's module throws while it loads",
    expects: 'A and B reject, and the error says why',
    start: 'throw',
    wants: { A: 'rejects', B: 'rejects' },
    ours: { A: 'DEGRADED', B: 'DEGRADED' },
    play: two,
    judge: ({ tasks: { A } }) =>
      A.state === 'rejected' && !A.error.told?.includes('broken on purpose') ? ['A does not say why'] : [],
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
    async play(scene) {
      await two(scene);
      scene.mark();
      scene.submit('C');
      await scene.settled('C');
    },
  },
  {
    name: 'dies-when-ready',
    title: 'every worker exits just after it has started',
    expects: `A rejects; in the next ${IDLE / 1000} s, without tasks, the pool starts ${STARTS} workers at most`,
    start: 'exit-soon',
    wants: { A: 'rejects' },
    async play(scene) {
      const loads = () => scene.log().filter(({ event }) => event === 'load').length;
      scene.open();
      scene.submit('A', 'linger');
      await scene.settled('A');
      const before = loads();
      await rest(IDLE);
      scene.note('starts', loads() - before);
    },
    judge: ({ notes }) => (notes.starts > STARTS ? ['it starts worker after worker'] : []),
  },
  {
    name: 'no-files',
    title: 'A exits while the program has no free file descriptor, and later there are free ones again',
    expects: 'the program lives; A rejects; B and C, submitted meanwhile, settle; D, submitted afterwards, is done',
    files: FILES,
    wants: { A: 'rejects', B: 'settles', C: 'settles', D: 'done' },
    async play(scene) {
      scene.open();
      scene.submit('W');
      await scene.settled('W');
      const hoard = new Hoard();
      scene.submit('A', 'exit');
      scene.submit('B');
      scene.submit('C');
      for (let left = SHORTAGE; left > 0; left -= GLANCE) {
        hoard.fill();
        await rest(GLANCE);
      }
      hoard.give();
      await scene.settled('A', 'B', 'C');
      scene.mark();
      scene.submit('D');
      await scene.settled('D');
    },
  },
  {
    name: 'no-folder',
    title: "the program's working directory has been deleted",
    expects: 'A and B are done',
    // Node itself starts no thread there.
    host: 'process',
    wants: { A: 'done', B: 'done' },
    async play(scene) {
      const folder = mkdtempSync(join(tmpdir(), 'statepool-failures-'));
      process.chdir(folder);
      rmSync(folder, { recursive: true });
      await two(scene);
    },
  },
  {
    name: 'prototype',
    title: 'the program has an enumerable function on `Object.prototype`',
    expects: 'A and B are done',
    wants: { A: 'done', B: 'done' },
    async play(scene) {
      // As libraries did that are still in use.
      Object.prototype.inherited = function inherited() {};
      await two(scene);
    },
  },
];

/** Every file descriptor that there is. */
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

async function two(scene) {
  try {
    scene.open();
  } catch (error) {
    scene.note('refused', String(error));
    return;
  }
  scene.submit('A');
  scene.submit('B');
  const isSettled = () => ['A', 'B'].every((name) => scene.observation.tasks[name].state !== 'pending');
  await scene.until(isSettled, GIVING_UP);
}
