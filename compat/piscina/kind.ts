import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { Kind } from '../../kinds/kind.ts';
import { isWorker, workerData } from '../../kinds/worker.ts';
import { callHandler, type HandlerCall, handlerOf } from '../threads/handlers.ts';
import { type Movables, movablesOf } from '../threads/movable.ts';

/** The types of the kind. A task may be for one worker. */
export interface PiscinaTypes {
  task: { readonly request: HandlerCall; readonly worker: string | undefined; sentTo(worker: string): void };
  request: HandlerCall;
  /** The result, and the time that the handler took, in ms. */
  response: { readonly value: unknown; readonly ms: number };
  feedback: unknown;
}

/** The data that every worker is started with. */
export interface PiscinaStart {
  readonly layer: 'piscina';
  readonly workerData: unknown;
  readonly argv: readonly string[];
  readonly filename: string | null;
  readonly name: string;
  readonly niceIncrement: number;
}

/** The values that move between a pool and its workers. */
export const movables: Movables = movablesOf('Piscina');

let send: (message: unknown) => void = () => {};

const given = workerData as PiscinaStart | undefined;

/** Is true in a worker of a Piscina. */
export const isWorkerThread: boolean = isWorker && given?.layer === 'piscina';

/** The pool's `workerData`. */
export const ownData: unknown = isWorkerThread ? given?.workerData : undefined;

if (isWorkerThread && given !== undefined) begin(given);

/** Prepares this worker before any module of the user is loaded. */
function begin({ argv, filename, name, niceIncrement }: PiscinaStart): void {
  process.argv.push(...argv);
  // Messages of the user's code are events of the pool.
  if (parentPort !== null) parentPort.postMessage = (message: unknown) => send(message);
  // The package that does it is optional.
  if (niceIncrement > 0) beNice(niceIncrement);
  // The file is there when the first task comes. A failure is the first task's.
  if (filename !== null) handlerOf(filename, name).catch(() => {});
}

function beNice(increment: number): void {
  try {
    createRequire(`${process.cwd()}/`)('@napi-rs/nice').nice(increment);
  } catch {}
}

/** Calls the exports of files. */
const handlers: Kind<PiscinaTypes> = {
  name: 'piscina',
  url: import.meta.url,
  requestOfTask: (_status, { request }) => request,
  async perform(request, context) {
    send = context.feedback;
    const begun = performance.now();
    const value = await callHandler(request, context, movables);
    return { value, ms: performance.now() - begun };
  },
};

export default handlers;
