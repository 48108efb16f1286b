import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type { Kind, PerformContext } from '../../kinds/kind.ts';
import { isWorker, workerData } from '../../kinds/worker.ts';
import { Cancellable } from '../shared/cancellable.ts';
import { watchIdle } from '../shared/idle.ts';
import { leave } from '../shared/leave.ts';
import { loadModule } from '../shared/load-module.ts';

/** The types of the kind. A call without a value was aborted; `isClean`: its worker may stay. */
export interface CallTypes {
  task: Call;
  request: Call;
  response: { readonly value: unknown } | { readonly isClean: boolean };
  feedback: unknown;
}

/** The call of a method; `id` names it in orders. */
export type Call = { readonly id: number; readonly method: string; readonly params: unknown };

/** An order to a worker: abort a call, or end at once. */
export type Order = { readonly abort: number } | { readonly end: true };

/** The data that every worker is started with. `isJson`: values cross as JSON, as they do between processes of `fork`. */
export interface WorkerStart {
  readonly layer: 'workerpool';
  readonly script: string | undefined;
  readonly args: readonly string[] | undefined;
  readonly cwd: string | undefined;
  readonly isJson: boolean;
  readonly workerData: unknown;
}

/** The options of `worker`. */
export interface WorkerRegisterOptions {
  /** Called in the worker before it ends. */
  readonly onTerminate?: (code: number | undefined) => PromiseLike<void> | void;
  /** The time that abort listeners have, in ms. @default 1000 */
  readonly abortListenerTimeout?: number;
}

/** The functions that a worker offers. In them, `this.worker` has `addAbortListener` and `emit`. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** A value whose parts move to the program instead of being copied. */
export class Transfer {
  readonly message: unknown;
  readonly transfer: readonly unknown[];

  constructor(message: unknown, transfer: readonly unknown[]) {
    this.message = message;
    this.transfer = transfer;
  }
}

/** The name of the global that has `worker` and `workerEmit`: a script may load this layer a second time. */
export const REGISTRY: unique symbol = Symbol.for('statepool.compat.workerpool');

/** The functions of that global. */
export type Registry = { readonly register: typeof register; readonly emit: typeof emit };

const given = workerData as WorkerStart | undefined;
const start = isWorker && given?.layer === 'workerpool' ? given : undefined;
/** Calls that were aborted before they came. */
const early = new Set<number>();
let current: { readonly id: number; readonly context: PerformContext; abort(): void } | undefined;
let listeners: (() => unknown)[] = [];
let options: WorkerRegisterOptions = {};
let loading: Promise<unknown> | undefined;
const registration = Cancellable.defer<void>();

const worker = { addAbortListener: (listener: () => unknown) => void listeners.push(listener), emit };

const methods: Record<string, Methods[string]> = {
  run(text: string, args: readonly unknown[] | null) {
    const offloaded = Object.assign(new Function(`return (${text}).apply(this, arguments);`), { worker });
    return offloaded.apply(offloaded, args ?? []);
  },
  methods: () => Object.keys(methods),
};

function emit(payload: unknown): void {
  current?.context.feedback(sent(payload instanceof Transfer ? payload.message : payload));
}

function register(added: Methods = {}, given: WorkerRegisterOptions = options): void {
  for (const [name, method] of Object.entries(added)) methods[name] = Object.assign(method, { worker });
  options = given;
  registration.resolve();
}

if (start !== undefined) {
  Object.assign(globalThis, { [REGISTRY]: { register, emit } satisfies Registry });
  if (start.cwd !== undefined) process.chdir(start.cwd);
  process.argv.splice(1, process.argv.length, start.script ?? (process.argv[1] as string), ...(start.args ?? []));
  // The script is there when the first call comes. A failure is the first call's.
  setImmediate(() => load().catch(() => {}));
}

function load(): Promise<unknown> {
  const { script } = start ?? {};
  if (!isMainThread) createRequire(import.meta.url)('node:worker_threads').workerData = start?.workerData;
  loading ??= script === undefined ? Promise.resolve() : loadScript(script);
  return loading;
}

/** Loads the script, and waits until it has called `worker`. */
function loadScript(script: string): Promise<unknown> {
  const whenIdle = watchIdle();
  return loadModule(script).then(() => {
    const error = new Error(`${script} has nothing left to do: it must call worker(methods)`);
    return registration.promise.finally(whenIdle(() => registration.reject(error)));
  });
}

function sent(value: unknown): unknown {
  return start?.isJson === true ? JSON.parse(JSON.stringify({ value })).value : value;
}

/** Runs the abort listeners. Resolves to whether all of them did their work in time. */
async function cleanUp(): Promise<boolean> {
  if (listeners.length === 0) return false;
  const all = Cancellable.all(listeners.map(async (listener) => listener()));
  return all.timeout(options.abortListenerTimeout ?? 1000).then(
    () => true,
    () => false,
  );
}

/** Calls a method. An Error is thrown as it is; the properties of another value arrive on an Error. */
async function callMethod({ method, params }: Call, context: PerformContext): Promise<unknown> {
  const callable = methods[method];
  if (callable === undefined) throw new Error(`Unknown method "${method}"`);
  try {
    const result = await callable.apply(callable, (params ?? []) as never[]);
    if (!(result instanceof Transfer)) return sent(result);
    context.transfer(result.transfer);
    return result.message;
  } catch (thrown) {
    if (thrown instanceof Error) throw thrown;
    if (typeof thrown !== 'object' || thrown === null) throw new Error(String(thrown));
    throw Object.assign(new Error(), JSON.parse(JSON.stringify(thrown)));
  }
}

/** Calls the methods that the script has registered. */
const calls: Kind<CallTypes> = {
  name: 'workerpool',
  url: import.meta.url,
  requestOfTask: (_status, call) => call,
  async perform(call, context) {
    await load().catch((error) => {
      // As a script does that fails when it is loaded: its worker dies.
      setImmediate(() => Promise.reject(error));
      return new Promise(() => {});
    });
    listeners = [];
    const { promise: aborted, resolve } = Cancellable.defer<{ isClean: boolean }>();
    current = { id: call.id, context, abort: () => void cleanUp().then((isClean) => resolve({ isClean })) };
    const result = callMethod(call, context).then((value) => ({ value }));
    if (early.delete(call.id)) current.abort();
    return Promise.race([aborted, result]);
  },
  receiveFeedback(feedback) {
    const order = feedback as Order;
    if ('end' in order) void calls.end?.();
    else if (order.abort === current?.id) current.abort();
    else early.add(order.abort);
  },
  async end() {
    await Promise.resolve(options.onTerminate?.(0)).catch(() => {});
    return leave();
  },
  nameOfTask: ({ method }) => method,
  nameOfRequest: ({ method }) => method,
};

export default calls;
