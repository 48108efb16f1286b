import test from 'ava';
import type { AnyStateMachine, StateNode } from 'xstate';
import { supervisorMachine, workerMachine } from '../../machines/index.ts';

const machines: Readonly<Record<string, AnyStateMachine>> = { worker: workerMachine, supervisor: supervisorMachine };

function nodesOf(node: StateNode): StateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

for (const [name, machine] of Object.entries(machines)) {
  test(`every state of the ${name} machine has a description`, (t) => {
    const nodes = nodesOf(machine.root);
    t.true(nodes.length > 4);
    t.deepEqual(
      nodes.filter(({ description }) => !description?.trim()).map(({ id }) => id),
      [],
    );
  });

  test(`the ${name} machine has no timers and invokes nothing: both arrive as events`, (t) => {
    for (const node of nodesOf(machine.root)) {
      t.deepEqual(node.invoke, []);
      t.deepEqual(node.after, []);
    }
  });

  test(`every state of the ${name} machine can be reached`, (t) => {
    const nodes = nodesOf(machine.root);
    const reached = new Set<StateNode>([machine.root]);
    for (const node of reached) {
      for (const target of node.initial?.target ?? []) reached.add(target);
      const transitions = [...node.transitions.values()].flat().concat(node.always ?? []);
      for (const target of transitions.flatMap((transition) => transition.target ?? [])) reached.add(target);
    }
    t.deepEqual(
      nodes.filter((node) => !reached.has(node)).map(({ id }) => id),
      [],
    );
  });

  test(`every name in the ${name} machine has an implementation`, (t) => {
    const { actions, guards } = machine.implementations;
    const names = { actions: new Set<string>(), guards: new Set<string>() };
    for (const node of nodesOf(machine.root)) {
      for (const action of [...node.entry, ...node.exit]) names.actions.add(typeOf(action));
      for (const transition of [...node.transitions.values()].flat().concat(node.always ?? [])) {
        for (const action of transition.actions) names.actions.add(typeOf(action));
        if (transition.guard !== undefined) names.guards.add(typeOf(transition.guard));
      }
    }
    t.deepEqual([...names.actions].sort(), Object.keys(actions).sort());
    t.deepEqual([...names.guards].sort(), Object.keys(guards).sort());
  });
}

function typeOf(reference: unknown): string {
  return typeof reference === 'string' ? reference : String((reference as { type?: unknown }).type);
}
