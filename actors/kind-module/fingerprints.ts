import { type AnyKind, HOOKS } from './check-kind.ts';

/** The fingerprints of two functions of a kind. They show whether the master and its worker have the same functions. */
export type Prints = readonly [requestOfTask: number, perform: number];

/** The value for a function without a fingerprint: native and bound functions have no source text. */
const NONE = 0;

/** Returns the fingerprints of a kind: a number for each function, the same for the same source text. */
export function printsOf(kind: AnyKind): Prints {
  return [printOf(kind.requestOfTask), printOf(kind.perform)];
}

/**
 * Returns whether a kind was given another `perform` than the one in its module: `{ ...kind, perform }`. Equal prints
 * of `requestOfTask` show that the texts can be compared. If the program was bundled or compiled in another way than
 * its worker, all texts differ.
 */
export function hasOtherPerform(own: Prints, workers: Prints): boolean {
  if ([...own, ...workers].includes(NONE)) return false;
  return own[0] === workers[0] && own[1] !== workers[1];
}

/** Returns a text that differs for kinds whose functions have different source texts, on whatever machine they are. */
export function versionOf(kind: AnyKind): string {
  const hooks = HOOKS.flatMap((name) => {
    const act = kind[name as keyof AnyKind];
    return typeof act === 'function' ? [`${name} ${printOf(act as () => unknown)}`] : [];
  });
  return hashOf(hooks.join()).toString(16);
}

/** Returns a number for a function's text without white space. */
function printOf(act: (...args: never[]) => unknown): number {
  const text = Function.prototype.toString.call(act).replaceAll(/\s+/g, '');
  return text.endsWith('{[nativecode]}') ? NONE : hashOf(text);
}

/** Returns a number of at least 1 for a text (FNV-1a). */
function hashOf(text: string): number {
  let print = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) print = Math.imul(print ^ text.charCodeAt(i), 0x01000193);
  return print >>> 0 || 1;
}
