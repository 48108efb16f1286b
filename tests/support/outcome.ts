import type { StatepoolError } from 'statepool';

/** Returns how each promise settles: `done`, or the code of its error. Handles every rejection at once. */
export function codes(promises: Iterable<Promise<unknown>>): Promise<string[]> {
  return Promise.all([...promises].map(code));
}

/** Returns how a promise settles: `done`, or the code of its error. */
export function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: StatepoolError) => error.code ?? String(error),
  );
}

/** Returns the error of a promise's rejection, and handles the rejection at once. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads properties outside the type.
export function errorOf(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    (value) => {
      throw new Error(`it resolved with ${String(value)}`);
    },
    (error) => error,
  );
}

/** Returns all values that an iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
