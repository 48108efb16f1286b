import { jobs } from './jobs.ts';
import type { Notes } from './witness.ts';

/** Makes the kind whose workers perform so many requests at a time. */
export const together = (concurrency: number, functions: Parameters<typeof jobs>[0] = {}) =>
  jobs({ concurrency, ...functions });

let tests = 0;

/** Returns a function that makes the keys of one test: inline workers of all tests share their gates. */
export function keys(): (name: string) => string {
  const test = ++tests;
  return (name) => `${name}${test}`;
}

/** Waits until the tasks of these keys run. */
export const begun = (notes: Notes, ...keys: string[]) => Promise.all(keys.map((key) => notes.begun(key)));
