import type { MapOptions } from '../../actors/index.ts';
import { AbortController, checkOptionNames } from '../../actors/tooling.ts';
import { illegal } from '../node/options.ts';

/** The most tasks of a map that are in the fleet at once, by default. */
const IN_FLIGHT = 100;

/** Runs a task under a signal. */
export type Run = (task: unknown, signal: AbortSignal) => Promise<unknown>;

/** The end of one task of a map. */
type End = { readonly index: number } & ({ readonly result: unknown } | { readonly error: unknown });

/**
 * Runs a task for each item and yields the results. Takes items no faster than the consumer takes results. The first failure
 * ends the map: it is thrown, and the running tasks are cancelled.
 * @throws {FleetError} USAGE for a wrong option
 */
export function mapTasks(run: Run, items: Iterable<unknown> | AsyncIterable<unknown>, options: MapOptions) {
  checkOptionNames('map', options, ['inFlight', 'ordered', 'signal']);
  const { inFlight = IN_FLIGHT, ordered = true, signal } = options;
  if (!Number.isInteger(inFlight) || inFlight < 1) throw illegal('inFlight', inFlight, 'a whole number of at least 1');
  return results(run, items, inFlight, ordered, signal);
}

async function* results(
  run: Run,
  items: Iterable<unknown> | AsyncIterable<unknown>,
  inFlight: number,
  ordered: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown> {
  const controller = new AbortController();
  const all = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const running = new Map<number, Promise<End>>();
  let next = 0;
  let isOver = false;
  const start = (task: unknown) => {
    const index = next++;
    const end = run(task, all).then(
      (result): End => ({ index, result }),
      (error): End => ({ index, error }),
    );
    running.set(index, end);
  };
  try {
    for (let first = 0; ; ) {
      while (!isOver && running.size < inFlight) {
        const { done, value } = await source.next();
        if (done) isOver = true;
        else start(value);
      }
      if (running.size === 0) return;
      const end = await (ordered ? (running.get(first) as Promise<End>) : Promise.race(running.values()));
      running.delete(end.index);
      first++;
      if ('error' in end) throw end.error;
      yield end.result;
    }
  } finally {
    controller.abort(new Error('the map has ended'));
    if (!isOver) await source.return?.();
  }
}
