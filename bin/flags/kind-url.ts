import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The names of the kinds that ship. */
export const SHIPPED: readonly string[] = ['proof', 'tactic', 'query', 'call', 'rocq', 'typescript'];

/**
 * Returns the URL of a kind's module. `name` is the path of a file; if there is no such file, it may be the name of a
 * shipped kind.
 */
export function urlOfKind(name: string): string {
  if (!existsSync(name) && SHIPPED.includes(name)) {
    return new URL(`../../kinds/${name}${import.meta.url.slice(-3)}`, import.meta.url).href;
  }
  return pathToFileURL(resolve(name)).href;
}
