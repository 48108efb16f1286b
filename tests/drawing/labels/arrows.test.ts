import test from 'ava';
import { type AnyStateMachine, createMachine } from 'xstate';
import { graphOf } from '../../../drawing/index.ts';
import { type Arrow, arrowsOf, shortened } from '../../../drawing/labels/arrows.ts';

function arrowsIn(config: object): Arrow[] {
  return arrowsOf(graphOf(createMachine(config as never) as AnyStateMachine));
}

test('all transitions from one state to another are one arrow with a line each', (t) => {
  const [arrow, ...others] = arrowsIn({
    id: 'm',
    initial: 'a',
    states: { a: { on: { x: 'b', y: { target: 'b', guard: 'isGood', actions: ['one', 'two'] } } }, b: {} },
  });
  t.deepEqual(others, []);
  t.deepEqual(
    arrow?.lines.map(({ text, edges }) => [text, edges]),
    [
      ['x', ['a|x|b']],
      ['y [isGood] / one, two', ['a|y|b']],
    ],
  );
});

test('a transition that all states within a state share is one arrow from the outer state', (t) => {
  const on = { die: 'dead', stop: 'dead' };
  const to = (more: object) => ({ on: { ...Object.fromEntries(Object.keys(on).map((e) => [e, '#m.dead'])), ...more } });
  const arrows = arrowsIn({
    id: 'm',
    initial: 'busy',
    states: { busy: { initial: 'one', states: { one: to({}), two: to({ more: '#m.dead' }) } }, dead: {} },
  });
  t.deepEqual(
    arrows.map(({ from, to, lines }) => [from, to, lines.map(({ text }) => text)]),
    [
      ['busy', 'dead', ['die', 'stop']],
      ['busy.two', 'dead', ['more']],
    ],
  );
  t.deepEqual(arrows[0]?.lines[0]?.edges, ['busy.one|die|dead', 'busy.two|die|dead']);
});

test('a label has at most eight lines, and the last one stands for the others', (t) => {
  const on = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`event ${i}`, 'b']));
  const [arrow] = arrowsIn({ id: 'm', initial: 'a', states: { a: { on }, b: {} } });
  const { lines } = shortened(arrow as Arrow);
  const last = lines.at(-1);
  t.is(lines.length, 8);
  t.like(last, { text: '+5 more', isFolded: true, edges: [7, 8, 9, 10, 11].map((i) => `a|event ${i}|b`) });
  t.is(last?.title, 'event 7\nevent 8\nevent 9\nevent 10\nevent 11');
});

test('a line that is too long is cut, and its title is the whole line', (t) => {
  const event = 'x'.repeat(100);
  const [arrow] = arrowsIn({ id: 'm', initial: 'a', states: { a: { on: { [event]: 'b' } }, b: {} } });
  const [line] = shortened(arrow as Arrow).lines;
  t.is(line?.text, `${'x'.repeat(55)}…`);
  t.is(line?.title, event);
});
