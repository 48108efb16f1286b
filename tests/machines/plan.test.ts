import test from 'ava';
import * as xstate from 'xstate';
import * as planned from '../../machines/plan/plan.ts';
import * as planning from '../../machines/plan/steps.ts';
import * as entries from '../../machines/queue/entry.ts';
import * as queue from '../../machines/queue/task-queue.ts';
import * as take from '../../machines/rules/take.ts';
import * as matching from '../../machines/state/matching.ts';
import * as poolState from '../../machines/state/pool-state.ts';
import * as seats from '../../machines/state/seat.ts';
import * as supervisor from '../../machines/supervisor.ts';
import * as worker from '../../machines/worker.ts';
import { compareMachine, newTally } from '../support/plan-compare.ts';
import type { Lib } from '../support/plan-machines.ts';
import { compareSupervisors } from '../support/plan-supervisors.ts';
import { compareWorkers } from '../support/plan-workers.ts';

const { createActor, createMachine } = xstate;
const lib = xstate as unknown as Lib;
const plan = { ...planned, ...planning };
const { planSteps, plannedEvents } = plan;

test('a planned machine does the same as the interpreter, for 100,000 random events to random machines', (t) => {
  const tally = newTally();
  for (let seed = 1; tally.events < 100_000 && tally.differences.length === 0; seed++)
    compareMachine(lib, plan, seed, tally);
  t.deepEqual(tally.differences, []);
  t.is(tally.agreed, tally.events);
  t.true(tally.planned > 15_000, `only ${tally.planned} steps were planned`);
  t.true(tally.moved > 2_000, `only ${tally.moved} planned steps changed the state`);
});

const machines = { ...entries, ...matching, ...plan, ...poolState, ...queue, ...seats, ...take, ...worker };

test("a supervisor's planned machine does the same as the interpreter, for 60,000 random events", (t) => {
  const tally = compareSupervisors(lib, { ...machines, ...supervisor }, 60_000);
  t.deepEqual(tally.differences, []);
  t.is(tally.agreed, tally.events);
  t.true(tally.machines > 200, `only ${tally.machines} pools`);
  t.true(tally.planned > 20_000, `only ${tally.planned} steps were planned`);
});

test("a worker's planned machine does the same as the interpreter, for 100,000 random events", (t) => {
  const tally = compareWorkers(lib, machines, 100_000);
  t.deepEqual(tally.differences, []);
  t.is(tally.agreed, tally.events);
  t.true(tally.planned > 10_000, `only ${tally.planned} steps were planned`);
  t.true(tally.moved > 1_000, `only ${tally.moved} planned steps changed the state`);
});

test("a worker's machine has plans for verdicts after which it stays busy and for requests that make it busy", (t) => {
  const pairs = [...plannedEvents(worker.loadWorkerMachine())];
  t.deepEqual(pairs, [
    ['fresh', ['ready', 'dispatch']],
    ['busy', ['ready', 'dispatch', 'stay', 'keep']],
    ['old', ['dispatch']],
  ]);
});

test('the interpreter takes the steps that a plan does not support', (t) => {
  const seen: string[] = [];
  const machine = createMachine({
    initial: 'a',
    context: { n: 0 },
    states: {
      a: {
        entry: () => void seen.push('enter'),
        on: {
          again: { target: 'a', reenter: true, actions: () => void seen.push('again') },
          go: { target: 'b' },
          stay: { actions: () => void seen.push('stay') },
        },
      },
      b: { type: 'final' },
    },
  });
  const actor = createActor(planSteps(machine, () => false)).start();
  for (const type of ['stay', 'again', 'nothing', 'go', 'stay']) actor.send({ type });
  t.deepEqual(seen, ['enter', 'stay', 'again', 'enter']);
  t.is(actor.getSnapshot().status, 'done');
});

test('a pure transition of a planned machine has no effects', (t) => {
  const seen: string[] = [];
  const machine = createMachine({
    initial: 'a',
    states: { a: { on: { go: { target: 'b', actions: () => void seen.push('go') } } }, b: { on: { go: 'a' } } },
  });
  const planned = planSteps(machine, () => false);
  // The interpreter takes a step the first time, and its result becomes the plan.
  const actor = createActor(planned).start();
  for (let i = 0; i < 4; i++) actor.send({ type: 'go' });
  t.deepEqual(seen, ['go', 'go']);
  const [next, actions] = xstate.transition(planned, actor.getSnapshot(), { type: 'go' });
  t.is(next.value, 'b');
  t.is(actions.length, 1);
  t.deepEqual(seen, ['go', 'go']);
});

test('XState keeps making snapshots if its snapshot differs from the planned one', (t) => {
  const machine = createMachine({
    initial: 'a',
    states: { a: { on: { go: 'b', stay: { actions: () => {} } } }, b: { on: { go: 'a' } } },
  });
  let count = 0;
  const interpret = machine.transition;
  machine.transition = (...args) => {
    count++;
    return { ...interpret(...args), count } as never;
  };
  const actor = createActor(planSteps(machine, () => false)).start();
  for (let i = 0; i < 10; i++) for (const type of ['stay', 'go', 'go']) actor.send({ type });
  t.is(count, 30);
  t.is((actor.getSnapshot() as { count?: number }).count, 30);
});

test('a planned step keeps what another version of XState adds to its snapshots', (t) => {
  const machine = createMachine({ initial: 'a', states: { a: { on: { go: 'b' } }, b: { on: { go: 'a' } } } });
  let interpreted = 0;
  const { transition, getInitialSnapshot } = machine;
  machine.getInitialSnapshot = (...args) => ({ ...getInitialSnapshot.apply(machine, args), added: 'kept' }) as never;
  machine.transition = (...args) => {
    interpreted++;
    return { ...transition.apply(machine, args), added: 'kept' } as never;
  };
  const actor = createActor(planSteps(machine, () => false)).start();
  for (let i = 0; i < 10; i++) actor.send({ type: 'go' });
  t.is(interpreted, 2);
  t.is((actor.getSnapshot() as { added?: string }).added, 'kept');
  t.true(actor.getSnapshot().matches('a'));
});

for (const [what, change] of Object.entries<(machine: { root: object; implementations: object }) => unknown>({
  'no states': ({ root }) => Object.assign(root, { states: undefined }),
  'transitions that are no map': ({ root }) =>
    Object.assign((root as { states: { a: object } }).states.a, { transitions: {} }),
  'no implementations': (machine) => Object.assign(machine, { implementations: undefined }),
  'no root': (machine) => Object.assign(machine, { root: undefined }),
})) {
  test(`a machine with ${what} has no plans, and behaves as before`, (t) => {
    const machine = createMachine({ initial: 'a', states: { a: { on: { stay: { actions: 'note' } } } } });
    const provided = machine.provide({ actions: { note: () => {} } });
    t.is(plannedEvents(provided).size, 1);
    change(provided);
    const { transition } = provided;
    t.is(
      planSteps(provided, () => false),
      provided,
    );
    t.is(provided.transition, transition);
  });
}

test('a machine that cannot be changed behaves as before', (t) => {
  const machine = createMachine({ initial: 'a', states: { a: { on: { stay: { actions: () => {} } } } } });
  const { transition } = machine;
  t.is(
    planSteps(Object.freeze(machine), () => false),
    machine,
  );
  t.is(machine.transition, transition);
});
