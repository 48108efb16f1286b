import type { StatepoolError } from 'statepool';

/** How each promise settles: `done`, or the code of its error. Takes care of every rejection at once. */
export function codes(promises: Iterable<Promise<unknown>>): Promise<string[]> {
  return Promise.all([...promises].map(code));
}

/** How a promise settles: `done`, or the code of its error. */
export function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: StatepoolError) => error.code ?? String(error),
  );
}

/** The error that a promise rejects with; takes care of the rejection at once. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks at properties that only it knows of.
export function errorOf(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    (value) => {
      throw new Error(`it resolved with ${String(value)}`);
    },
    (error) => error,
  );
}

/** Everything that an iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
