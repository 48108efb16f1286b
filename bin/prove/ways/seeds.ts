import type { EngineName } from '../../../kinds/smt/engine/engine.ts';
import { type Goal, hashOf, type SmtOption } from '../../../kinds/smt/text/goal.ts';

/** Returns the option that seeds the choices of an engine, or `undefined` if none is known. */
function seedOption(engine: EngineName): readonly string[] | undefined {
  if (engine === 'z3' || engine === 'z3-wasm') return [':smt.random_seed', ':sat.random_seed'];
  return engine === 'cvc5' ? [':seed'] : undefined;
}

/**
 * Returns a goal whose solver makes its arbitrary choices by another seed: the same question. Seed 0 is the goal itself,
 * and an engine without a known option gets the goal itself.
 */
export function seeded(goal: Goal, engine: EngineName, seed: number): Goal {
  const names = seed === 0 ? undefined : seedOption(engine);
  if (names === undefined) return goal;
  return withOptions(
    goal,
    names.map((name) => [name, String(seed)]),
  );
}

/** Returns a goal whose solver gets more options. */
export function withOptions(goal: Goal, added: readonly SmtOption[]): Goal {
  const options = [...goal.options, ...added];
  const { line, column } = goal;
  const optionsAt = [...goal.optionsAt, ...added.map(() => ({ line, column }))];
  return { ...goal, options, optionsAt, settings: hashOf(JSON.stringify([goal.logic, options])) };
}
