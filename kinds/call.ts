import type { Kind } from './kind.ts';

/** A call of a function of a module. The arguments must be structured-cloneable. */
export interface CallTask {
  /** The module's URL, as `import.meta.resolve` gives it. */
  readonly module: string;
  /** The function's export. @default 'default' */
  readonly name?: string;
  /** The function's arguments: structured-cloneable. @default none */
  readonly args?: readonly unknown[];
}

/** The types of the call kind: the request is the task, the response is the return value of the function. */
export interface CallTypes {
  task: CallTask;
  request: CallTask;
  response: unknown;
}

/** The types of a kind that `callKind` makes: a task is the only argument of the function. */
export interface CallKindTypes<A, R> {
  task: A;
  request: CallTask;
  response: R;
}

type Callable = (...args: readonly unknown[]) => unknown;

const functions = new Map<string, Callable>();

async function load(module: string, name: string): Promise<Callable> {
  const key = `${name} ${module}`;
  const found = functions.get(key);
  if (found) return found;
  let exported: Record<string, unknown>;
  try {
    exported = await import(module);
  } catch (cause) {
    throw new Error(`the module ${module} cannot be imported: ${(cause as Error).message}`, { cause });
  }
  const callable = exported[name];
  if (typeof callable !== 'function') {
    const others = Object.keys(exported).join(', ') || 'nothing';
    throw new TypeError(
      `the export '${name}' of ${module} is ${typeof callable}, not a function; it exports ${others}`,
    );
  }
  functions.set(key, callable as Callable);
  return callable as Callable;
}

/**
 * Calls functions of modules in workers. Any worker takes any call and stays. The task resolves with the return value
 * of the function. If the function throws, the task rejects with a PerformError: `cause` is the thrown value.
 *
 * @example
 * import { call } from 'statepool/kinds';
 *
 * const pool = createPool(call);
 * const path = await pool.run({ module: 'node:path', name: 'join', args: ['a', 'b'] });
 */
const call: Kind<CallTypes> = {
  name: 'call',
  url: import.meta.url,
  requestOfTask: (_status, task) => task,
  async perform({ module, name = 'default', args = [] }) {
    return (await load(module, name))(...args);
  },
  nameOfTask: ({ module, name = 'default' }) => `${name} of ${module}`,
  nameOfRequest: ({ module, name = 'default' }) => `${name} of ${module}`,
  examples: {
    tasks: { call: () => ({ module: 'data:text/javascript,export default () => 1' }) },
    responses: { returned: { to: '*', make: () => 1 } },
    classOfTask: () => 'call',
    classOfCompetence: () => 'none',
  },
};

export default call;

/**
 * Makes a kind that calls one function of one module. Each task is the only argument of a call. `name` is the export,
 * by default `default`. `window` is the number of calls that a worker may hold, 1 to 1024, by default 1: use more if
 * the calls may run in any order.
 *
 * @example
 * import { callKind } from 'statepool/kinds';
 *
 * const pool = createPool(callKind<string, number>({ module: import.meta.resolve('./count-words.js') }));
 * const count = await pool.run('a text');
 */
export function callKind<A = unknown, R = unknown>(options: {
  readonly module: string | URL;
  readonly name?: string;
  readonly window?: number;
}): Kind<CallKindTypes<A, R>> {
  const module = String(options.module);
  const name = options.name ?? 'default';
  return {
    name: call.name,
    url: call.url,
    ...(options.window === undefined ? {} : { window: options.window }),
    requestOfTask: (_status, argument) => ({ module, name, args: [argument] }),
    perform: (request, context) => call.perform(request, context) as Promise<R>,
    nameOfRequest: () => `${name} of ${module}`,
  };
}
