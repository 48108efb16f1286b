import type { Goal } from '../../kinds/index.ts';
import { elementsOf } from '../../kinds/smt/text/lexer.ts';

/**
 * Returns the constants of a model with their values, without those that the file itself defines. Empty if the model
 * cannot be read: another solver may use another format.
 */
export function counterexampleOf(goal: Goal, model: string): Record<string, string> {
  const values: Record<string, string> = {};
  try {
    const own = new Set(goal.chunks.flatMap(definedIn));
    for (const entry of elementsOf(model.trim())) {
      const [head, name, parameters, , value] = elementsOf(entry);
      if (head !== 'define-fun' || name === undefined || value === undefined) continue;
      if (parameters?.replaceAll(/\s/g, '') === '()' && !own.has(name)) values[name] = value.replaceAll(/\s+/g, ' ');
    }
  } catch {
    return {};
  }
  return values;
}

function definedIn(chunk: string): string[] {
  return [...chunk.matchAll(/\(\s*define-(?:fun|const)\s+(\|[^|]*\||[^\s()]+)/g)].map(([, name]) => name as string);
}
