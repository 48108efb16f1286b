import test from 'ava';
import { createActor, setup } from 'xstate';
import { planSteps } from '../../machines/plan/plan.ts';

/** Makes a machine whose state has a step without a target, and one more transition that may be chosen. */
function machineWith(more: 'always' | 'wildcard' | 'root' | 'always of the root') {
  const counted: string[] = [];
  const full = { guard: 'isFull', target: '.full' } as const;
  const machine = setup({
    types: { events: {} as { type: 'count' } | { type: 'other' } },
    guards: { isFull: () => counted.length >= 3 },
    actions: {
      count: () => void counted.push('count'),
      note: () => void counted.push('note'),
    },
  }).createMachine({
    initial: 'empty',
    ...(more === 'always of the root' ? { always: full } : {}),
    ...(more === 'root' ? { on: { other: { actions: 'note' } } } : {}),
    states: {
      empty: {
        on: { count: { actions: 'count' }, ...(more === 'wildcard' ? { '*': { actions: 'note' } } : {}) },
        ...(more === 'always' ? { always: { guard: 'isFull', target: 'full' } } : {}),
      },
      full: {},
    },
  });
  const actor = createActor(planSteps(machine.provide({}), () => false)).start();
  return { actor, counted };
}

for (const more of ['always', 'always of the root'] as const) {
  test(`an eventless transition is taken after a plannable step: ${more}`, (t) => {
    const { actor, counted } = machineWith(more);
    for (let i = 0; i < 5; i++) actor.send({ type: 'count' });
    t.is(actor.getSnapshot().value, 'full');
    t.is(counted.length, 3);
  });
}

for (const more of ['wildcard', 'root'] as const) {
  test(`a plannable step leaves other events to their own transitions: ${more}`, (t) => {
    const { actor, counted } = machineWith(more);
    for (const type of ['count', 'other', 'count'] as const) actor.send({ type });
    t.deepEqual(counted, ['count', 'note', 'count']);
  });
}

test('a machine that has ended takes no planned step', (t) => {
  const { actor, counted } = machineWith('root');
  actor.send({ type: 'count' });
  actor.stop();
  actor.send({ type: 'count' });
  t.deepEqual(counted, ['count']);
});
