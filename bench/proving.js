/** Real work: goals that a solver proves, by the same `perform` under every subject. */
import { readFileSync } from 'node:fs';
import { readDocument } from '../dist/kinds/index.js';
import kind from '../dist/kinds/proof.js';
import { requestOfCheck } from '../dist/kinds/smt/proving/proof-check.js';
import { keepInFlight } from './flight.js';

/** Problems whose goals take a few dozen ms each. */
const FILES = ['protocols.smt2', 'wire-formats.smt2'];

export { kind };

/** A goal as the kind takes it. */
export const taskOf = (goal) => ({ type: 'check', goal, model: false });

/** A goal as any worker takes it: with all its texts, for a pool that does not know what its workers have. */
export const requestOf = (goal) => requestOfCheck({ type: 'fresh' }, taskOf(goal));

/** All goals, after one round of them that has loaded every worker's solver. */
export async function prove({ run }, { inFlight }) {
  const goals = readGoals();
  const check = checkWith(run);
  const all = () => keepInFlight((i) => check(goals[i]), goals.length, inFlight);
  await all();
  const start = performance.now();
  await all();
  return { us: ((performance.now() - start) / goals.length) * 1000 };
}

/** From the making of a pool to the verdict on its first goal. */
export async function coldProving(make) {
  const [goal] = readGoals();
  const start = performance.now();
  const { run, destroy } = await make();
  await checkWith(run)(goal);
  const us = (performance.now() - start) * 1000;
  await destroy();
  return { us };
}

const readGoals = () =>
  FILES.flatMap((file) => {
    const text = readFileSync(new URL(`../examples/${file}`, import.meta.url), 'utf8');
    return readDocument(text, file).goals;
  });

const checkWith = (run) => async (goal) => {
  const { verdict } = await run(goal);
  if (verdict !== goal.expected) throw new Error(`${goal.file}#${goal.index} is ${verdict}, not ${goal.expected}`);
};
