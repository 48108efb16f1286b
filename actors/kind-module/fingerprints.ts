import type { AnyKind } from './check-kind.ts';

/** What two functions of a kind are known by on the other side: `requestOfTask` and `perform`. */
export type Prints = readonly [requestOfTask: number, perform: number];

/** No print: the text of such a function says nothing. */
const NONE = 0;

/** What the functions of a kind are known by: a number each, the same for the same text. */
export function printsOf(kind: AnyKind): Prints {
  return [printOf(kind.requestOfTask), printOf(kind.perform)];
}

/**
 * Whether a kind was given another `perform` than the one of its module: `{ ...kind, perform }`. Its `requestOfTask` shows that
 * the texts of both can be compared: a program that was bundled or compiled otherwise than its worker has others in all places.
 */
export function hasOtherPerform(own: Prints, workers: Prints): boolean {
  if ([...own, ...workers].includes(NONE)) return false;
  return own[0] === workers[0] && own[1] !== workers[1];
}

/** A number for a function's text without its white space (FNV-1a). */
function printOf(act: (...args: never[]) => unknown): number {
  const text = Function.prototype.toString.call(act).replaceAll(/\s+/g, '');
  if (text.endsWith('{[nativecode]}')) return NONE;
  let print = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) print = Math.imul(print ^ text.charCodeAt(i), 0x01000193);
  return print >>> 0 || 1;
}
