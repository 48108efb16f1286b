/**
 * The worker that a module runs in. For modules that a kind loads in its workers.
 *
 * @module statepool/worker
 */

const worker = (globalThis as { [name: symbol]: unknown })[Symbol.for('statepool.worker')] as
  | { readonly workerData: unknown }
  | undefined;

/** Is true in the processes and threads that a pool has started. */
export const isWorker: boolean = worker !== undefined;

/**
 * The pool's option `workerData`, as it was cloned for this worker. `undefined` outside of workers; on the host `inline` only
 * `context.workerData` has it.
 */
export const workerData: unknown = worker?.workerData;
