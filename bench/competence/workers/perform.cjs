const { randomUUID } = require('node:crypto');

/** The name of this worker: each thread or process makes its own. */
const worker = randomUUID();

/** The last key of this worker. */
let held;

/**
 * The work of every subject: the first task of a key in a worker loads the key. Load and work are both a real wait, not
 * computation: eight workers on a machine with two processors would else compete for the processors.
 */
module.exports = async function perform({ key, load, work }) {
  const begin = performance.timeOrigin + performance.now();
  const isLoad = key !== undefined && key !== held;
  if (isLoad) held = key;
  await new Promise((resolve) => setTimeout(resolve, isLoad ? load + work : work));
  return { worker, isLoad, begin, end: performance.timeOrigin + performance.now() };
};
