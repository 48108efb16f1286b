import { type Goal, hashOf } from '../../../kinds/smt/text/goal.ts';
import { commandsOf, elementsOf } from '../../../kinds/smt/text/lexer.ts';
import { withOptions } from '../ways/seeds.ts';

const NAME = 'statepool-assertion-';

/** Returns the hashes of the assertions of a goal, in their order. */
export function assertionsOf({ chunks }: Goal): string[] {
  return chunks.flatMap((chunk) =>
    [...commandsOf(chunk, '')]
      .filter(({ head }) => head === 'assert')
      .map(({ start, end }) => hashOf(chunk.slice(start, end))),
  );
}

/**
 * Returns a goal of some of the assertions of another: if it is unsat, so is the other. The solver reads the other
 * assertions too, as definitions: it refuses what it would refuse there.
 */
export function reducedTo(goal: Goal, core: ReadonlySet<string>): Goal {
  return withAssertions(goal, (assertion, formula, nth) => {
    const definition = `(define-fun ${NAME}${nth} () Bool ${formula})`;
    return core.has(hashOf(assertion)) ? assertion : definition;
  });
}

/** Returns a goal whose solver is asked for an unsatisfiable core, for `coreIn`. */
export function askingForCore(goal: Goal): Goal {
  const named = withAssertions(goal, (_, formula, nth) => `(assert (! ${formula} :named ${NAME}${nth}))`);
  return { ...withOptions(named, [[':produce-unsat-cores', 'true']]), asks: ['(get-unsat-core)'] };
}

/** Returns the hashes of the assertions in the core that a solver has answered; `undefined` if it is none. */
export function coreIn(goal: Goal, answer: string): string[] | undefined {
  if (!answer.startsWith('(') || answer.startsWith('(error')) return undefined;
  const all = assertionsOf(goal);
  const core = elementsOf(answer).flatMap((name) => all[Number(name.split(NAME)[1])] ?? []);
  return core.length === 0 ? undefined : core;
}

/** Returns a goal with other texts in the place of its assertions, of the same length in lines. */
function withAssertions(goal: Goal, textOf: (assertion: string, formula: string, nth: number) => string): Goal {
  let nth = 0;
  const chunks = goal.chunks.map((chunk) => {
    let text = '';
    let at = 0;
    for (const { head, start, end } of commandsOf(chunk, '')) {
      if (head !== 'assert') continue;
      const assertion = chunk.slice(start, end);
      text += chunk.slice(at, start) + textOf(assertion, elementsOf(assertion)[1] ?? '', nth++);
      at = end;
    }
    return text + chunk.slice(at);
  });
  const hashes = chunks.map(hashOf);
  return { ...goal, chunks, hashes, key: hashOf(JSON.stringify([goal.key, hashes])) };
}
