/** Files with many goals for whole programs that prove them: this package's command, and the solver alone. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const integers = '(set-logic QF_LIA)\n(declare-const x Int)\n';
const times = (count, text) => Array.from({ length: count }, (_, i) => text(i)).join('');

/** A prelude that a solver reads and then works on for some ms a goal. */
const heavyGoal = (seed, holes = 7) => {
  const cells = [...Array(holes + 1).keys()].flatMap((p) => [...Array(holes).keys()].map((h) => [p, h]));
  const name = (p, h) => `p${seed}_${p}_${h}`;
  const declared = cells.map(([p, h]) => `(declare-const ${name(p, h)} Bool)`).join('');
  const placed = times(holes + 1, (p) => `(assert (or ${[...Array(holes).keys()].map((h) => name(p, h)).join(' ')}))`);
  const apart = cells
    .flatMap(([p, h]) => [...Array(p).keys()].map((q) => `(assert (not (and ${name(p, h)} ${name(q, h)})))`))
    .join('');
  return `(push 1)${declared}${placed}${apart}(check-sat)(pop 1)\n`;
};

/** The texts of each set of files, by their names. */
const sets = {
  /** One file of 400 checks: each goal has one assertion more than the one before. */
  growing: () => ({
    'growing.smt2': `${integers}(assert (< x 0))(assert (> x 0))\n${times(
      400,
      (i) => `(declare-const z${i} Int)(assert (>= (+ x z${i}) ${i}))(check-sat)\n`,
    )}`,
  }),
  /** One file of 400 goals in frames over a prefix of 300 lines. */
  frames: () => ({
    'frames.smt2': `(set-logic ALL)\n${times(
      150,
      (i) => `(declare-fun f${i} (Int) Int)\n(assert (= (f${i} ${i}) ${i + 1}))\n`,
    )}${times(400, (i) => `(push 1)(assert (not (= (f${i % 150} ${i % 150}) ${(i % 150) + 1})))(check-sat)(pop 1)\n`)}`,
  }),
  /** Fifty files of eight goals. */
  fifty: () =>
    Object.fromEntries(
      [...Array(50).keys()].map((file) => [
        `${file}.smt2`,
        `${integers}${times(8, (i) => `(push 1)(assert (and (> x ${file + i}) (< x ${file})))(check-sat)(pop 1)\n`)}`,
      ]),
    ),
  /** One file of goals that take dozens of ms each, in frames over a prelude. */
  heavy: () => ({
    'heavy.smt2': `(set-logic ALL)\n${times(
      150,
      (i) => `(declare-fun f${i} (Int) Int)(assert (= (f${i} ${i}) ${i + 1}))\n`,
    )}${times(40, (i) => heavyGoal(i))}`,
  }),
  /** Ten files of one goal, by turns better for z3 and for cvc5. */
  mixed: () =>
    Object.fromEntries(
      [...Array(10).keys()].map((i) => [`${i}.smt2`, i % 2 === 0 ? pigeons(i) : induction(140 + 10 * i)]),
    ),
};

/** A file of one goal that z3 decides sooner than cvc5. */
const pigeons = (seed) => `(set-logic QF_UF)\n${heavyGoal(seed, 8).replace('(pop 1)', '')}`;

/** A file of one goal that cvc5 decides sooner than z3. */
const induction = (last) =>
  `(set-logic UFLIA)\n(declare-fun f (Int) Int)(assert (forall ((x Int)) (=> (>= x 0) (= (f (+ x 1)) (+ (f x) 2)))))` +
  `(assert (= (f 0) 0))(assert (not (= (f ${last}) ${2 * last})))\n(check-sat)\n`;

/** Writes a set of files into a new folder. Returns the paths. */
export function filesOf(set) {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-prove-'));
  mkdirSync(folder, { recursive: true });
  return Object.entries(sets[set]()).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
}
