/** Real work: goals that a solver proves, with the same `perform` under every subject. */
import { readFileSync } from 'node:fs';
import { requestOfCheck } from '../../dist/kinds/smt/proving/proof-check.js';
import { builtUrl } from '../built.js';
import { keepInFlight } from '../flight.js';
import { median } from '../statistics.js';

const { readDocument } = await import(builtUrl('statepool/kinds'));
const { default: kind } = await import(builtUrl('statepool/kinds/proof'));

/** Problems whose goals take a few dozen ms each. */
const FILES = ['protocols.smt2', 'wire-formats.smt2'];

export { kind };

/** Makes the kind's task for a goal. */
export const taskOf = (goal) => ({ type: 'check', goal, model: false });

/**
 * Makes a request for any worker: with all texts of the goal, for a pool that does not know the texts of its workers.
 */
export const requestOf = (goal) => requestOfCheck({ type: 'fresh' }, taskOf(goal));

/**
 * Measures one round of all goals, after another round that loaded every worker's solver. The solver's speed differs
 * from round to round far more than the pools do: the time of the workers outside of `perform` compares the pools.
 */
export async function prove({ run }, { inFlight, workers }) {
  const goals = readGoals();
  let inPerform = 0;
  const check = checkWith(run, (ms) => {
    inPerform += ms;
  });
  const all = () => keepInFlight((i) => check(goals[i]), goals.length, inFlight);
  await all();
  inPerform = 0;
  const start = performance.now();
  await all();
  const ms = performance.now() - start;
  const outside = ((ms * workers - inPerform) / goals.length) * 1000;
  return { us: (ms / goals.length) * 1000, more: { 'us outside of perform': outside } };
}

/** Measures the time from the start of a pool to the verdict on its first goal. */
export async function coldProving(make) {
  const [goal] = readGoals();
  const start = performance.now();
  const { run, destroy } = await make();
  await checkWith(run)(goal);
  const us = (performance.now() - start) * 1000;
  await destroy();
  return { us };
}

/** Measures how long the solver's memory takes to become that of its start again, after each goal. */
export async function restore() {
  const { openEngine } = await import('../../dist/kinds/smt/engine/open-engine.js');
  const engine = await openEngine('z3-wasm');
  await engine.reset({ options: [] });
  await engine.checkpoint('start');
  const times = [];
  for (const { chunks, check } of readGoals()) {
    await engine.eval([...chunks, check].join('\n'));
    const start = performance.now();
    if (!(await engine.rewind('start'))) throw new Error('the engine has lost its image');
    times.push(performance.now() - start);
  }
  engine.kill('the measurement is over');
  return { us: median(times) * 1000, ms: median(times) };
}

const readGoals = () =>
  FILES.flatMap((file) => {
    const text = readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8');
    return readDocument(text, file).goals;
  });

const checkWith = (run, onTime) => async (goal) => {
  const { verdict, ms } = await run(goal);
  onTime?.(ms);
  if (verdict !== goal.expected) throw new Error(`${goal.file}#${goal.index} is ${verdict}, not ${goal.expected}`);
};
