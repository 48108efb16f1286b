import test from 'ava';
import fc from 'fast-check';
import { checkGoal, proof, readDocument } from 'statepool/kinds';
import { opener } from '../support/pool.ts';

/** The longest time to read a text, in ms: the reader must be about linear. */
const SOON = 5_000;

/** Reads a text: returns the number of its goals, or -1 for a syntax error that names its place. */
function read(text: string): number {
  try {
    return readDocument(text, 'fuzz.smt2').goals.length;
  } catch (error) {
    const { code, message, line, column } = error as { code?: string; message: string; line: number; column: number };
    if (code !== 'SMT_SYNTAX' || !message.startsWith(`fuzz.smt2:${line}:${column}: `)) throw error;
    if (!(line >= 1 && column >= 1)) throw error;
    return -1;
  }
}

const symbol = fc.constantFrom(
  'x',
  '|a b|',
  '|',
  '"',
  '"s"',
  ';c\n',
  '#|',
  '|#',
  ':status',
  '#b01',
  '#xZZ',
  '-1',
  '9'.repeat(400),
);
const head = fc.constantFrom(
  ...[
    'check-sat',
    'check-sat-assuming',
    'push',
    'pop',
    'assert',
    'declare-const',
    'set-info',
    'set-option',
    'set-logic',
  ],
  ...['reset', 'reset-assertions', 'exit', 'echo', 'define-fun', 'get-model', '__proto__', 'constructor', ''],
);
const { command } = fc.letrec<{ command: string; part: string }>((tie) => ({
  part: fc.oneof({ depthSize: 'small' }, symbol, fc.string(), fc.nat(9).map(String), tie('command')),
  command: fc
    .tuple(head, fc.array(tie('part'), { maxLength: 3 }))
    .map(([name, parts]) => `(${[name, ...parts].join(' ')})`),
}));

test('random texts are read, or refused at their place', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString()),
    fc.array(fc.oneof(command, symbol, fc.constantFrom('(', ')', '\n')), { maxLength: 12 }).map((all) => all.join('')),
    fc.array(command, { maxLength: 12 }).map((all) => all.join('\n')),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(text, (some) => void read(some)),
      { numRuns: 3000 },
    ),
  );
});

const long = 200_000;
const huge: Readonly<Record<string, readonly [text: string, goals: number]>> = {
  'deep lists': [`(assert ${'('.repeat(long)}${')'.repeat(long)})(check-sat)`, 1],
  'deep lists that are never closed': ['('.repeat(long), -1],
  'many closing parentheses': [')'.repeat(long), -1],
  'many empty commands': ['()'.repeat(long), 0],
  'a long comment that is never closed': [`#|${'|'.repeat(long)}`, -1],
  'a long string that is never closed': [`(echo "${'""'.repeat(long)})`, -1],
  'a long quoted symbol that is never closed': [`(echo |${'\\|'.repeat(long)})`, -1],
  'a long symbol': [`(declare-const ${'x'.repeat(long)} Int)(check-sat)`, 1],
  'a long numeral': [`(assert (= 1 ${'9'.repeat(long)}))(check-sat)`, 1],
  'a push of a numeral beyond all numbers': [`(push ${'9'.repeat(long)})(check-sat)`, -1],
  'a push of ten billions': ['(push 10000000000)(check-sat)', -1],
  'as many levels as there may be': ['(push 100000)(check-sat)(pop 100000)(check-sat)', 2],
  'one level more, in two pushes': ['(push 100000)(push 1)', -1],
  'a pop of a numeral beyond all numbers': [`(push 1)(pop ${'9'.repeat(long)})`, -1],
  'a pop of less than nothing': ['(push 1)(pop -1)', -1],
  'many lines': ['\n'.repeat(long), 0],
  'zeros and marks of byte order': [`\ufeff${'\0'.repeat(9)}\ufeff`, -1],
};

for (const [what, [text, goals]] of Object.entries(huge)) {
  test(`${what}: the reader ends`, (t) => {
    const start = performance.now();
    t.is(read(text), goals);
    t.true(performance.now() - start < SOON);
  });
}

test('texts that the reader accepts and the solver rejects are reported as such, and the solver goes on', async (t) => {
  t.timeout(60_000);
  const pool = opener(t, 'process')(proof);
  const texts = [
    `(assert ${'(not '.repeat(20_000)}true${')'.repeat(20_000)})(check-sat)`,
    `(assert ${'('.repeat(3_000)}${')'.repeat(3_000)})(check-sat)`,
    `(declare-const x Int)(assert (= x ${'9'.repeat(20_000)}))(check-sat)`,
    `(declare-const b (_ BitVec ${'9'.repeat(30)}))(check-sat)`,
    `(set-option :timeout ${'9'.repeat(400)})(set-option :rlimit ${'9'.repeat(400)})(check-sat)`,
    '(set-option :timeout nonsense)(check-sat)',
    '(assert |never declared|)(check-sat)',
    '(check-sat-assuming (((())))',
    '(check-sat-using __proto__)',
    '(assert \u0000)(check-sat)',
  ];
  for (const text of texts) {
    for (const goal of goalsOf(text)) {
      const answer = await checkGoal(pool, goal).catch((error: unknown) => error);
      const { verdict, code } = answer as { verdict?: string; code?: string };
      t.regex(
        String(verdict ?? code),
        /^(sat|unsat|unknown|SMT_REJECTED|SMT_CRASHED|SMT_ENGINE_DIED)$/,
        text.slice(0, 60),
      );
    }
  }
  const [plain] = goalsOf('(declare-const p Bool)(assert (and p (not p)))(check-sat)');
  if (plain === undefined) return t.fail('a plain text has a goal');
  t.like(await checkGoal(pool, plain), { verdict: 'unsat' });
});

function goalsOf(text: string) {
  return read(text) < 1 ? [] : readDocument(text, 'fuzz.smt2').goals;
}
