import { isAbsolute } from 'node:path';
import type { Kind } from '../../kinds/kind.ts';
import { leave } from '../shared/leave.ts';
import { loadModule } from '../shared/load-module.ts';

/** The types of the kind: a task has the sticky key, which its request leaves out. */
export interface CallTypes {
  task: { readonly key: string | null; readonly request: Call };
  request: Call;
  response: unknown;
  feedback: unknown;
}

/** The call of a method. */
export interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** The data that every worker is started with. */
export interface WorkerStart {
  readonly path: string;
  readonly setupArgs: readonly unknown[];
  readonly cwd: string | undefined;
}

/** The name of the global through which `messageParent` finds the call that is performed in this worker. */
export const CURRENT: unique symbol = Symbol.for('statepool.compat.jest-worker');

type Exports = Readonly<Record<string, unknown>>;

type Globals = { [CURRENT]?: (message: unknown) => void };

let loading: Promise<Exports> | undefined;

async function load({ path, setupArgs, cwd }: WorkerStart): Promise<Exports> {
  if (cwd !== undefined && isAbsolute(cwd)) process.chdir(cwd);
  const exports = (await loadModule(path)) as Exports;
  if (typeof exports.setup === 'function') await exports.setup(...setupArgs);
  return exports;
}

function methodOf(exports: Exports, method: string): unknown {
  if (method !== 'default') return exports[method];
  return typeof exports === 'function' ? exports : exports.default;
}

/** Calls the methods of one module. The module is loaded with the first call, and is set up then. */
const calls: Kind<CallTypes> = {
  name: 'jest-worker',
  url: import.meta.url,
  requestOfTask: (_status, { request }) => request,
  async perform({ method, args }, context) {
    const [, slot] = context.workerId.split(':');
    process.env.JEST_WORKER_ID = String(Number(slot) + 1);
    (globalThis as Globals)[CURRENT] = context.feedback;
    loading ??= load(context.workerData as WorkerStart);
    const exports = await loading;
    const callable = methodOf(exports, method);
    if (typeof callable !== 'function') throw new TypeError(`the module has no method ${method}`);
    try {
      return await callable.apply(exports, args);
    } catch (error) {
      throw error ?? new Error('"null" or "undefined" thrown');
    }
  },
  async end() {
    const exports = await loading?.catch(() => undefined);
    if (typeof exports?.teardown === 'function') await exports.teardown();
    return leave();
  },
  nameOfTask: ({ request }) => request.method,
  nameOfRequest: ({ method }) => method,
};

export default calls;
