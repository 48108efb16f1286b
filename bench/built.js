import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { resolve } = createRequire(new URL('../package.json', import.meta.url));

/** Returns the URL of an entry of the built package, such as `statepool/kinds`: the file that a user's import finds. */
export const builtUrl = (entry) => pathToFileURL(resolve(entry)).href;
