import test from 'ava';
import { marshalPath } from '../../../actors/errors/marshal-path.ts';

const bad = () => {};
const circular: Record<string, unknown> = { first: 1 };
circular.self = circular;
circular.last = bad;

const cases: readonly [what: string, value: unknown, path: string][] = [
  ['the root itself', bad, 'request'],
  ['a property', { a: { b: bad } }, 'request.a.b'],
  ['an element', [1, [bad]], 'request[1][0]'],
  ['a name that is no identifier', { 'a b': bad }, 'request["a b"]'],
  ['a value of a Map', new Map([['k', { v: bad }]]), 'request.get("k").v'],
  ['a key of a Map', new Map([[Symbol.iterator, 1]]), 'request<key Symbol(Symbol.iterator)>'],
  ['a member of a Set', new Set([1, bad]), 'request<member 1>'],
  ['a symbol', { s: Symbol('s') }, 'request.s'],
  ['something behind a circle', circular, 'request.last'],
  ['an object that cannot be cloned as a whole', { promise: Promise.resolve() }, 'request.promise'],
];

for (const [what, value, path] of cases) {
  test(`the path leads to ${what}`, (t) => {
    t.is(marshalPath(value, 'request'), path);
  });
}

test('the path leads to a getter that throws', (t) => {
  const value = {
    fine: 1,
    get trap(): never {
      throw new Error('sprung');
    },
  };
  t.is(marshalPath(value, 'request'), 'request.trap');
});

test('the path leads to a port, also to a closed one, which Node 20 must not clone', (t) => {
  const { port1: port } = new MessageChannel();
  port.close();
  t.is(marshalPath({ task: { port } }, 'request'), 'request.task.port');
});
