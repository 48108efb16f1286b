/** The logics of the files. */
export const LOGICS = ['QF_LIA', 'QF_LRA', 'QF_BV', 'QF_UF', 'QF_AX', 'LIA'] as const;

/** Returns a number from 0, below `most`. */
export type Chance = (most: number) => number;

/** Returns a source of chance from a seed: the same numbers for the same seed. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return (most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

interface Sort {
  readonly name: string;
  readonly declare: string;
  readonly literals: readonly string[];
  /** Operators that make a value of values. */
  readonly values: readonly string[];
  /** Predicates of two values. */
  readonly predicates: readonly string[];
}

const integer: Sort = {
  name: 'Int',
  declare: '',
  literals: ['0', '1', '7', '(- 3)'],
  values: ['+', '-'],
  predicates: ['=', '<', '<=', '>'],
};

const sorts: Readonly<Record<(typeof LOGICS)[number], Sort>> = {
  QF_LIA: integer,
  LIA: integer,
  QF_LRA: { ...integer, name: 'Real', literals: ['0.0', '1.5', '7.0', '(- 3.0)'] },
  QF_BV: {
    name: '(_ BitVec 6)',
    declare: '',
    literals: ['#b000000', '#b000101', '#b111111'],
    values: ['bvadd', 'bvand', 'bvxor', 'bvmul'],
    predicates: ['=', 'bvult', 'bvsle'],
  },
  QF_UF: {
    name: 'U',
    declare: '(declare-sort U 0)\n(declare-fun f (U U) U)\n',
    literals: [],
    values: ['f'],
    predicates: ['=', 'distinct'],
  },
  QF_AX: {
    name: 'E',
    declare: '(declare-sort E 0)\n(declare-sort I 0)\n(declare-const i I)\n(declare-const m (Array I E))\n',
    literals: ['(select m i)'],
    values: ['ite'],
    predicates: ['=', 'distinct'],
  },
};

/** Returns a small file of a logic: assertions, frames and checks; now and then a command that every solver refuses. */
export function fileOf(chance: Chance, logic: (typeof LOGICS)[number]): string {
  const sort = sorts[logic];
  const pick = (list: readonly string[]): string => list[chance(list.length)] as string;
  const names = ['a', 'b', 'c'];
  const value = (depth: number): string => {
    if (depth === 0 || chance(3) === 0) return pick([...names, ...sort.literals]);
    const operator = pick(sort.values);
    if (operator === 'ite') return `(ite ${formula(depth - 1)} ${value(depth - 1)} ${value(depth - 1)})`;
    return `(${operator} ${value(depth - 1)} ${value(depth - 1)})`;
  };
  const formula = (depth: number): string => {
    if (depth === 0 || chance(3) === 0) return `(${pick(sort.predicates)} ${value(depth)} ${value(depth)})`;
    if (logic === 'LIA' && chance(6) === 0) return `(exists ((q Int)) (and (> q ${value(0)}) ${formula(depth - 1)}))`;
    const operator = pick(['and', 'or', 'xor', '=>', 'not']);
    return operator === 'not'
      ? `(not ${formula(depth - 1)})`
      : `(${operator} ${formula(depth - 1)} ${formula(depth - 1)})`;
  };
  let text = `(set-logic ${logic})\n${sort.declare}`;
  for (const name of names) text += `(declare-const ${name} ${sort.name})\n`;
  if (chance(20) === 0) text += '(assert (= a nowhere))\n';
  let depth = 0;
  for (let n = 3 + chance(9); n > 0; n--) {
    const step = chance(8);
    if (step < 4) text += `(assert ${formula(3)})\n`;
    else if (step === 4) {
      text += '(push 1)\n';
      depth++;
    } else if (step === 5 && depth > 0) {
      text += '(pop 1)\n';
      depth--;
    } else text += '(check-sat)\n';
  }
  return `${text}(check-sat)\n`;
}
