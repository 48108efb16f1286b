import test from 'ava';
import { decodeError, encodeError } from '../../../actors/errors/error-codec.ts';

/** Returns an error as it arrives after its way through a channel. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads properties outside the type.
const sent = (error: unknown): any => decodeError(structuredClone(encodeError(error)));

test('every built-in error keeps its class and message', (t) => {
  for (const Class of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    const error = sent(new Class('why'));
    t.true(error instanceof Class);
    t.is(error.message, 'why');
    t.regex(error.stack, /error-codec\.test/);
  }
});

test('own properties that can be cloned are kept, others left out', (t) => {
  const error = sent(
    Object.assign(new Error('why'), {
      code: 'E',
      when: new Date(7),
      list: [1n],
      callback: () => {},
      symbol: Symbol('s'),
    }),
  );
  t.like(error, { code: 'E', when: new Date(7), list: [1n] });
  t.false('callback' in error);
  t.false('symbol' in error);
});

test('a chain of causes is kept, and a circle of causes ends', (t) => {
  const error = new Error('outer', { cause: new TypeError('inner', { cause: { plain: true } }) });
  t.like(sent(error), { message: 'outer', cause: { name: 'TypeError', cause: { plain: true } } });
  const circle = new Error('circle');
  circle.cause = circle;
  t.is(sent(circle).cause.cause.message, 'circle');
});

test('an error with throwing getters still arrives', (t) => {
  const trap = new Error('trap');
  Object.defineProperty(trap, 'bad', {
    enumerable: true,
    get() {
      throw new Error('sprung');
    },
  });
  t.is(sent(trap).message, 'trap');
  const nasty = {
    toString() {
      throw new Error('sprung');
    },
    callback() {},
  };
  t.is(sent(nasty), '[object Object]');
});

test('a property called __proto__ does not change the error', (t) => {
  const error = Object.defineProperty(new Error('why'), '__proto__', { value: { evil: true }, enumerable: true });
  t.true(sent(error) instanceof Error);
  t.is(sent(error).evil, undefined);
});

test('a value that is not an error stays unchanged', (t) => {
  t.is(sent('text'), 'text');
  t.is(sent(undefined), undefined);
  t.deepEqual(sent({ a: 1 }), { a: 1 });
});
