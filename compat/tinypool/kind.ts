import { inspect } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { isMainThread, parentPort } from 'node:worker_threads';
import type { Kind } from '../../kinds/kind.ts';
import { isWorker, workerData } from '../../kinds/worker.ts';
import type { QueuedTask } from '../threads/gate.ts';
import { callHandler, type HandlerCall, handlerOf } from '../threads/handlers.ts';
import { type Movables, movablesOf } from '../threads/movable.ts';

/** The types of the kind. A feedback to a worker names the worker. */
export interface TinypoolTypes {
  task: { readonly request: HandlerCall; readonly entry: QueuedTask; sentTo(worker: string): void };
  request: HandlerCall;
  /** The result, and the heap that the worker then used, in bytes; 0 where it has no limit. */
  response: { readonly value: unknown; readonly heap: number };
  result: unknown;
  feedback: unknown;
}

/** The data that every worker is started with. */
export interface TinypoolStart {
  readonly layer: 'tinypool';
  readonly workerData: unknown;
  readonly argv: readonly string[];
  readonly filename: string | null;
  readonly teardown: string | undefined;
  /** Is true if the program limits the heap of the workers. */
  readonly hasLimit: boolean;
}

/** A message of the program to one worker. */
export interface Addressed {
  readonly to: string;
  readonly message: unknown;
}

/** The state that tinypool has in `process.__tinypool_state__`. */
interface State {
  readonly isTinypoolWorker: boolean;
  readonly isWorkerThread?: boolean;
  readonly isChildProcess?: boolean;
  readonly workerData: unknown;
  workerId?: number;
}

/** The values that move between a tinypool and its workers. */
export const movables: Movables = movablesOf('Tinypool');

let start: TinypoolStart | undefined;
let ownId: string | undefined;
/** Sends a message to the channel of the task that runs. */
let send: ((message: unknown) => void) | undefined;

const given = workerData as TinypoolStart | undefined;
if (isWorker && given?.layer === 'tinypool') begin(given);

/** Prepares this worker before any module of the user is loaded. */
function begin(data: TinypoolStart): void {
  start = data;
  process.argv.splice(2, process.argv.length, ...data.argv);
  const state: State = {
    isTinypoolWorker: true,
    ...(isMainThread ? { isChildProcess: true } : { isWorkerThread: true }),
    workerData: data.workerData ?? null,
  };
  Object.assign(process, { __tinypool_state__: state });
  // Only the channel of a task carries messages.
  if (parentPort !== null) {
    parentPort.postMessage = (message: unknown) => {
      throw new Error(`Unexpected message on Worker: ${inspect(message)}`);
    };
  }
  // In a process, the user's code speaks to the channel of its task by the channel of the process.
  if (isMainThread) {
    process.send = (message: unknown) => {
      send?.(message);
      return true;
    };
  }
}

/** Calls the exports of files. */
const handlers: Kind<TinypoolTypes> = {
  name: 'tinypool',
  url: import.meta.url,
  requestOfTask: (_status, { request }) => request,
  useResponse: (_status, _task, { value }) => ({ type: 'stay', competence: undefined, result: value }),
  async perform(request, context) {
    ownId = context.workerId;
    send = context.feedback;
    const { __tinypool_state__: state } = process as unknown as { __tinypool_state__: State };
    state.workerId = Number(ownId.split(':')[1]) + 1;
    if (isMainThread) process.env.TINYPOOL_WORKER_ID = String(state.workerId);
    const value = await callHandler(request, context, movables);
    return { value, heap: start?.hasLimit === true ? getHeapStatistics().used_heap_size : 0 };
  },
  receiveFeedback(feedback) {
    const { to, message } = feedback as Addressed;
    if (to === ownId) process.emit('message', message, undefined);
  },
  async end() {
    if (start?.teardown === undefined || start.filename === null) return;
    await (await handlerOf(start.filename, start.teardown))?.({});
  },
  nameOfTask: ({ request }) => request.name,
  nameOfRequest: ({ name }) => name,
};

export default handlers;
