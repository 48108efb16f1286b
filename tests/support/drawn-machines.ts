import { type AnyStateMachine, type AnyStateNode, createMachine, not } from 'xstate';
import proof from '../../kinds/proof.ts';
import { supervisorMachine, workerMachine } from '../../machines/index.ts';
import { kindChart } from '../../machines/kind-chart/kind-chart.ts';

const named = 'a <b> & "c": #1; `x` %%';

/** A machine with every feature, and with names that are hard for pictures and diagrams. */
export const odd: AnyStateMachine = createMachine({
  id: 'o"d<d>&',
  description: 'An <odd> & "quoted" one',
  initial: named,
  on: { reset: { target: '.end', reenter: true }, log: { actions: 'log' } },
  states: {
    [named]: {
      entry: 'e<1>',
      exit: 'x&y',
      on: {
        'ev "q" <t> & : ; # %% end': { target: 'end', guard: not('g<1>'), actions: [() => {}, 'act&2'] },
        '*': { actions: 'any' },
        self: { target: named, reenter: true },
      },
      after: { 100: 'end', long: 'par' },
    },
    end: {
      description: 'Named as a word of mermaid',
      initial: 'note',
      on: { x: { actions: 'inEnd' } },
      onDone: 'par',
      states: {
        note: { on: { n: 'state' }, always: { guard: 'isDone', target: 'state' } },
        state: { type: 'final' },
      },
    },
    par: {
      type: 'parallel',
      onDone: 'z',
      states: {
        one: { initial: 'p', states: { p: { on: { t: 'q' } }, q: { on: { t: 'p' } } } },
        two: { initial: 'p', states: { p: { on: { t: '#zed' } } } },
      },
    },
    z: { id: 'zed', invoke: { src: 'job', id: 'job', onDone: 'dot\\.ted', onError: 'end' } },
    'dot.ted': { type: 'final' },
  },
} as never);

const busy = {
  on: { 'an event with a long name': { actions: 'an action with a long name' } },
  initial: 'a',
  states: { a: { on: { go: '#framed.done' } } },
};

/** A small machine whose narrow state is inside a state with a long text. */
const framed: AnyStateMachine = createMachine({
  id: 'framed',
  initial: 'busy',
  states: { busy, done: { type: 'final' } },
});

/** The machines on which pictures are tested. */
export const machines: Readonly<Record<string, AnyStateMachine>> = {
  worker: workerMachine,
  supervisor: supervisorMachine,
  proof: createMachine(kindChart(proof) as unknown as Parameters<typeof createMachine>[0]),
  odd,
  framed,
};

/** Returns a machine's states without its root. */
export function statesOf(machine: AnyStateMachine): AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] =>
    Object.values(node.states).flatMap((child) => [child as AnyStateNode, ...below(child as AnyStateNode)]);
  return below(machine.root);
}

/** Returns every transition of a machine, eventless ones too, as from, event, guard, actions and targets. */
export function transitionsOf(machine: AnyStateMachine): (readonly [string, string, string, string, string])[] {
  return [machine.root as AnyStateNode, ...statesOf(machine)].flatMap((node) =>
    [...[...node.transitions].flatMap(([, each]) => each), ...(node.always ?? [])].map(
      ({ eventType, guard, actions, target }) =>
        [
          node.path.join('.'),
          eventType,
          nameOf(guard),
          actions.map(nameOf).join(),
          (target as readonly AnyStateNode[] | undefined)?.map(({ path }) => path.join('.')).join() ?? '',
        ] as const,
    ),
  );
}

function nameOf(reference: unknown): string {
  if (typeof reference === 'function') return reference.name === 'not' ? 'not g<1>' : 'inline';
  return typeof reference === 'string' ? reference : String((reference as { type?: unknown } | undefined)?.type ?? '');
}
