import test from 'ava';
import { readDocument } from '../../../../kinds/smt/text/document.ts';
import { continuationOf, stackOf } from '../../../../kinds/smt/text/stack.ts';

/** Returns the way from the first goal of a text to its second. */
function way(text: string) {
  const [from, to] = readDocument(text, 'a.smt2').goals;
  if (!from || !to) throw new Error('the text has two goals');
  return continuationOf(stackOf(from), to);
}

const p = '(declare-const p Bool)(assert p)';

for (const [what, text, expected] of [
  ['further assertions continue', `${p}(check-sat)(assert (not p))(check-sat)`, { to: 0, keep: 1 }],
  ['a frame is popped', `${p}(push)(assert p)(check-sat)(pop)(check-sat)`, { to: 0, keep: 1 }],
  [
    'a frame is popped before the next is pushed',
    `${p}(push)(assert p)(check-sat)(pop)(push)(assert (not p))(check-sat)`,
    { to: 0, keep: 1 },
  ],
  [
    'outer frames stay',
    `${p}(push)(assert p)(push)(assert p)(check-sat)(pop)(assert (not p))(check-sat)`,
    { to: 1, keep: 2 },
  ],
  [
    'a text at the top of a frame takes the whole frame with it',
    `${p}(push)(assert p)(check-sat)(assert (or p p))(check-sat)(pop)`,
    { to: 1, keep: 2 },
  ],
  ['empty frames are popped', `${p}(push 3)(check-sat)(pop 2)(check-sat)`, { to: 1, keep: 1 }],
  ['another base needs a new context', `${p}(check-sat)(reset-assertions)(assert false)(check-sat)`, undefined],
] as const) {
  test(`${what}`, (t) => t.deepEqual(way(text), expected));
}

test('a goal whose frames have changed goes back to the deepest frame that is the same', (t) => {
  const [, second, third] = readDocument(
    `${p}(push)(check-sat)(assert p)(check-sat)(pop)(push)(assert (not p))(check-sat)`,
    'a.smt2',
  ).goals;
  if (!second || !third) return t.fail();
  t.deepEqual(continuationOf(stackOf(second), third), { to: 0, keep: 1 });
});
