import { UsageError } from '../errors/errors.ts';
import { quoted } from '../errors/quoted.ts';

/** Returns the iterator over the tasks of a call; an asynchronous one only for `map`. @throws {UsageError} if they cannot be iterated */
export function sourceOf(of: 'map' | 'runAll', tasks: unknown): Iterator<unknown> | AsyncIterator<unknown> {
  const isAsync = isAsyncIterable(tasks);
  if (isAsync && of === 'map') return tasks[Symbol.asyncIterator]();
  if (!isAsync && isIterable(tasks)) return tasks[Symbol.iterator]();
  const all = of === 'map' ? 'an array, a stream or another iterable' : 'an array or another iterable';
  const remedy = isAsync ? 'use map for an AsyncIterable' : `it must be ${all} of tasks`;
  throw new UsageError(`the first argument of ${of} is ${quoted(tasks)}: ${remedy}`);
}

/** Returns whether tasks come one by one, each by a promise. */
export function isAsyncIterable(tasks: unknown): tasks is AsyncIterable<unknown> {
  return hasMethod(tasks, Symbol.asyncIterator);
}

function isIterable(tasks: unknown): tasks is Iterable<unknown> {
  return hasMethod(tasks, Symbol.iterator);
}

function hasMethod(value: unknown, name: symbol): boolean {
  return typeof (value as Readonly<Record<symbol, unknown>> | null | undefined)?.[name] === 'function';
}
