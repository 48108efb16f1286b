import { keepInFlight } from '../flight.js';
import { keysOf } from './cells.js';

const now = () => performance.timeOrigin + performance.now();

/** The longest measurement, in ms. */
const LONGEST = 10_000;

/** Runs the tasks of a cell in a closed loop, and returns its figures. */
export async function measureCell(make, cell) {
  const { size, load, work, inFlight, tasks } = cell;
  const keys = keysOf(cell);
  return measure(make, {
    size,
    tasks: keys.map((key) => ({ key, load, work })),
    inFlight: Math.min(inFlight, tasks),
  });
}

/**
 * Runs tasks in a closed loop: when one ends, the next one comes. The time begins when all workers are ready. After
 * `longest` ms the figures are those of the tasks so far.
 */
export async function measure(make, { size, tasks, inFlight = tasks.length, longest = LONGEST }) {
  const subject = await make();
  await subject.ready();
  const answers = [];
  const start = now();
  const run = async (i) => {
    const arrival = now();
    const answer = await subject.run(tasks[i]);
    answers.push({ ...answer, arrival });
  };
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, longest);
  });
  await Promise.race([keepInFlight(run, tasks.length, inFlight), late]);
  clearTimeout(timer);
  const figures = figuresOf(answers, { size, wall: now() - start });
  const born = subject.born();
  // Some peers do not end at once.
  void subject.destroy();
  return { ...figures, born };
}

/** Returns the figures of tasks that ended within some time. */
export function figuresOf(answers, { size, wall }) {
  const busy = answers.reduce((sum, { begin, end }) => sum + end - begin, 0);
  return {
    wall,
    tasksPerSecond: (answers.length / wall) * 1000,
    loads: answers.filter(({ isLoad }) => isLoad).length,
    longestWait: Math.max(0, ...answers.map(({ arrival, begin }) => begin - arrival)),
    busyShare: busy / (wall * size),
  };
}
