import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { type Graph, linked } from '../graph/graph.ts';
import { type Act, actsOn, type Bounds, nameOfAct, perform, settle } from '../model/acts.ts';
import { canonOf } from '../model/canon.ts';
import { ModelPool } from '../model/model-pool.ts';
import { checkRest } from './rest.ts';

/** The complete behaviour of a pool within some bounds. */
export interface PoolModel {
  readonly graph: Graph;
  /** The outputs of each transition, by its id: tasks that ended, requests sent, workers started and events emitted. */
  readonly outputs: readonly (readonly string[])[];
  /** The act behind the event of each transition, by its id. */
  readonly acts: readonly Act[];
  readonly bounds: Bounds;
  readonly size: number;
  readonly kind: ChartedKind;
}

/** The most states of a model. A model with more is taken for endless. */
const MOST_STATES = 20_000;

/**
 * Explores every act on a pool at rest, from a new pool on. Lets everything under way finish between two acts, and
 * checks the invariants after each act.
 *
 * @throws {Error} when an invariant does not hold: names it and the acts that led there
 */
export function explorePool(kind: ChartedKind, size: number, bounds: Bounds): PoolModel {
  const first = new ModelPool(kind, size, bounds);
  first.mail.push({ type: 'enqueue' });
  settle(first);
  const initial = canonOf(first).key;
  const reached = new Map([[initial, { model: first, way: [] as string[] }]]);
  const triples: [string, string, string][] = [];
  const outputs: string[][] = [];
  const acts: Act[] = [];
  for (const [from, { model, way }] of reached) {
    for (const act of actsOn(model, bounds)) {
      const next = model.copy();
      const name = nameOfAct(act);
      try {
        perform(next, act);
        settle(next);
        checkRest(next);
      } catch (error) {
        throw new Error(`${[...way, name].join(', ')}: ${(error as Error).message}`, { cause: error });
      }
      // Follow-ups can exceed the bound too. The model leaves out such states.
      if (tasksIn(next) > bounds.tasks) continue;
      const { key } = canonOf(next);
      triples.push([from, name, key]);
      outputs.push(next.takeOutputs().sort());
      acts.push(act);
      if (reached.has(key)) continue;
      if (reached.size >= MOST_STATES) throw new Error(`the pool of ${size} has more than ${MOST_STATES} states`);
      reached.set(key, { model: next, way: [...way, name] });
    }
  }
  return { graph: linked(initial, [...reached.keys()], triples), outputs, acts, bounds, size, kind };
}

/** The number of tasks in the queue and with the workers of a pool. */
function tasksIn({ pool }: ModelPool): number {
  return (
    pool.queue.length + pool.delayed.size + [...pool.seats.values()].reduce((sum, { held }) => sum + held.length, 0)
  );
}
