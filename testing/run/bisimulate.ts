import { createMachine } from 'xstate';
import type { WorkerInfo } from '../../actors/index.ts';
import type { Kind, KindTypes } from '../../kinds/kind.ts';
import { answersTo, type ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { busyLabel, kindChart, labelOf } from '../../machines/kind-chart/kind-chart.ts';
import { type Edge, graphOf, spread, wayTo } from '../graph/graph.ts';
import type { Given } from './scripted-kind.ts';
import { TestPool } from './test-pool.ts';

/** The comparison of a kind's chart with the machine of its workers. */
export interface Bisimulation {
  /** The number of compared states. */
  readonly states: number;
  /** The number of compared transitions. */
  readonly transitions: number;
  /** The differences, in words; empty when chart and machine are equal. */
  readonly differences: readonly string[];
}

/** The ends of a task besides the example answers. */
const FAULTS = ['throw', 'unserialisable', 'cancel', 'cancelWorker', 'die'];

/**
 * Compares the chart of a kind with the real machine of its workers, driven by that kind. Tries every event from each
 * state of the chart, including events that the chart does not have, on a pool of one worker without a process. Chart
 * and machine are equal if each event leads to the same state in both.
 *
 * @throws {ChartError} when the examples are no finite abstraction of the kind
 *
 * @example
 * import { bisimulate } from 'statepool/testing';
 *
 * const { differences } = await bisimulate(kind);
 * assert.deepEqual(differences, []);
 */
export async function bisimulate<X extends KindTypes>(kind: Kind<X>): Promise<Bisimulation> {
  const charted = kind as ChartedKind;
  const chart = graphOf(createMachine(structuredClone(kindChart(charted)) as never));
  const differences: string[] = [];
  let transitions = 0;
  const cameBy = spread(chart);
  for (const state of chart.states) {
    const way = wayTo(cameBy, state);
    const out = chart.out.get(state) ?? [];
    for (const event of alphabet(charted, state, way)) {
      const expected = out.find((edge) => edge.event === event)?.to;
      const found = await observe(charted, [...way.map((edge) => edge.event), event]);
      if (expected !== undefined) transitions++;
      if (expected === found) continue;
      differences.push(
        `${state}, ${event}: the chart leads to ${expected ?? 'nothing'}, the machine to ${found ?? 'nothing'}`,
      );
    }
  }
  return { states: chart.states.length, transitions, differences };
}

/** Lists every event for a worker in a state, including events that the chart does not have. */
function alphabet(kind: ChartedKind, state: string, way: readonly Edge[]): string[] {
  if (state === 'dead') return ['die', 'cancelWorker'];
  if (!state.startsWith('busy')) {
    const names = Object.keys(kind.examples?.tasks ?? {});
    return [...names.flatMap((name) => [`give ${name}`, `unserialisable ${name}`]), 'cancelWorker', 'die'];
  }
  const name = (way.at(-1) as Edge).event.slice('give '.length);
  return [...answersTo(kind, name).map((answer) => `answer ${answer}`), ...FAULTS];
}

/** Returns the state of a worker's machine after some events; `undefined` if the last event has no effect. */
async function observe(kind: ChartedKind, events: readonly string[]): Promise<string | undefined> {
  const testPool = new TestPool(kind, 'simulated', 1);
  const { pool, script } = testPool;
  let open: Given | undefined;
  script.isOpen = (given) => given === open;
  try {
    await turn();
    const [{ id }] = pool.workers as readonly [WorkerInfo];
    let held: Given | undefined;
    for (const [i, event] of events.entries()) {
      const [verb, ...rest] = event.split(' ') as [string, ...string[]];
      const name = rest.join(' ');
      const isLast = i === events.length - 1;
      if (held === undefined && name !== '') {
        open = script.make(name);
        open.isUnserialisable = verb === 'unserialisable';
        testPool.run(open);
        await turn();
        // A task that the worker does not take makes room for a fresh worker, or waits.
        if (open.asked === undefined || pool.workers.every((worker) => worker.id !== id)) return undefined;
        // A request that was never made cannot fail to be cloned.
        if (open.isUnserialisable && open.marshalErrors === 0) return undefined;
        held = open.worker === undefined ? undefined : open;
      } else {
        const isAlive = pool.workers.some((worker) => worker.id === id);
        if (!isAlive && isLast) return undefined;
        act(testPool, id, held, verb, name);
        held = undefined;
        await turn();
      }
      open = undefined;
    }
    const worker = pool.workers.find((each) => each.id === id);
    if (worker === undefined) return 'dead';
    const label = labelOf(kind, worker.status);
    return held === undefined ? label : busyLabel(held.name, label);
  } finally {
    await testPool.close();
  }
}

function act(testPool: TestPool, id: string, held: Given | undefined, verb: string, name: string): void {
  if (verb === 'die') testPool.simulated.die(id);
  else if (verb === 'cancelWorker') testPool.pool.cancelWorker(id);
  else if (held === undefined) throw new Error(`${verb} needs a worker that performs`);
  else if (verb === 'cancel') held.controller.abort();
  else if (verb === 'answer') {
    testPool.instruct({ order: held.number, do: 'answer', response: testPool.script.responseTo(held, name) });
  } else testPool.instruct({ order: held.number, do: verb as 'throw' });
}

/** Waits until this process has nothing under way. No worker has a process of its own to wait for. */
async function turn(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
