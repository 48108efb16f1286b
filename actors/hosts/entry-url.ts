/**
 * The entry of workers as it stands beside this file: TypeScript where the program runs from source, else one file of
 * CommonJS, which Node starts without its asynchronous loader.
 */
export const entryUrl: URL = new URL(import.meta.url.endsWith('.ts') ? './entry.ts' : './entry.cjs', import.meta.url);
