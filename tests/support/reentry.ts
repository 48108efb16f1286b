import { createPool, type Kind, Pool, type PoolOptions, type TaskOutcome } from 'statepool';
import { mastersHooks } from '../../actors/kind-module/check-kind.ts';
import { echo, type Job, type JobTypes, jobs } from './jobs.ts';
import type { AnyPool } from './pool.ts';

/** A call in the middle of a pool's work, and its caller: one combination of many. */
export interface Reentry {
  /** A hook of the kind, a callback of a task, or a listener of the pool. */
  readonly hook: string;
  /** A method of the pool, or the abort of a signal. */
  readonly method: string;
  readonly host: NonNullable<PoolOptions['host']>;
  readonly window: number;
}

/** The longest time of a call, in ms. A longer call hangs: on a busy machine the processes of one pool took 11 s. */
const HANG = 60_000;

const LISTENERS = ['task', 'worker', 'feedback', 'idle'] as const;
const CALLBACKS = ['onFeedback', 'onOutput', 'setOrder', ...LISTENERS.map((name) => `on ${name}`)];

/** All functions of the user that a pool calls in its master. */
const hooks: readonly string[] = [...mastersHooks, ...CALLBACKS];

type Act = (pool: AnyPool, controller: AbortController) => unknown;

const again = echo('again');

/** The call of each method, without arguments where none are needed. */
const acts: Readonly<Record<string, Act>> = {
  run: (pool) => pool.run(again),
  submit: (pool) => pool.submit(again),
  map: async (pool) => {
    for await (const _ of pool.map([again, again, again]));
  },
  runAll: (pool) => pool.runAll([again, again, again]),
  setOrder: (pool) => pool.setOrder((a: Job, b: Job) => String(a.value).localeCompare(String(b.value))),
  clear: (pool) => {
    try {
      pool.clear();
    } catch {
      // The pool has workers.
    }
  },
  pause: (pool) => {
    pool.pause();
    setImmediate(() => pool.resume());
  },
  cancelWorker: (pool) => pool.workers.forEach(({ id }) => void pool.cancelWorker(id)),
  forwardFeedback: (pool) => pool.forwardFeedback({ to: 'all' }),
  resize: (pool) => {
    pool.resize(0);
    setImmediate(() => pool.resize(1));
  },
  on: (pool) => pool.on('task', () => {}),
  off: (pool) => pool.off('task', () => {}),
  abort: (_pool, controller) => controller.abort(new Error('by a hook')),
};

/** Every method of a pool, and the abort of a task's own signal. */
const methods: readonly string[] = [
  ...Object.entries(Object.getOwnPropertyDescriptors(Pool.prototype)).flatMap(([name, { value }]) =>
    typeof value === 'function' && name !== 'constructor' ? [name] : [],
  ),
  'abort',
];

/** Lists all calls that a program may make in the middle of a pool's work, on one host. */
export function reentries(host: Reentry['host']): Reentry[] {
  // Only an inline worker runs the kind's `end` where it can call the pool.
  const all = host === 'inline' ? [...hooks, 'end'] : hooks;
  return all.flatMap((hook) => methods.flatMap((method) => [1, 8].map((window) => ({ hook, method, host, window }))));
}

/** Makes a kind with all hooks, each of which reports its call. */
function kindOf({ window }: Reentry, called: (hook: string) => void): Kind<JobTypes> {
  const base = jobs();
  const kind: Kind<JobTypes> = {
    ...base,
    window,
    idempotent: true,
    extraEnv: () => ({}),
    taskMatch: () => true,
    prefers: () => true,
    affinity: () => undefined,
    affinityOfCompetence: () => undefined,
    useResponse: (_status, { verdict, ...task }, response) =>
      verdict?.(response, { type: 'fresh' }) ?? { type: 'stay', competence: Number(task.value) & 1, result: response },
    onPerformError: () => undefined,
    onMarshalError: () => {},
    onTaskCancellationOrExpirationOrWorkerDeath: () => 'retry',
    forwardFeedback: () => {},
    viewOfCompetence: () => undefined,
    nameOfRequest: () => 'a request',
  };
  kind.end = () => called('end');
  for (const hook of mastersHooks) {
    const own = kind[hook] as ((...args: unknown[]) => unknown) | undefined;
    const calling = (...args: unknown[]) => {
      called(hook);
      return own?.call(kind, ...args);
    };
    Object.assign(kind, { [hook]: calling });
  }
  return kind;
}

/**
 * Makes tasks that end in every way: with results and follow-ups, by a throw, a death, an abort, a request that cannot
 * be cloned.
 */
function tasksOf(host: Reentry['host']): Job[] {
  return [
    echo(0),
    { do: 'report', notes: [{ done: 1 }], value: 1 },
    { do: 'throw', what: 'type' },
    echo(3, { verdict: (result) => ({ type: 'end', result, tasks: [echo(30), echo(31)] }) }),
    host === 'inline' ? echo(4) : { do: 'exit', code: 1, value: 4 },
    echo(5, { cannotBeCloned: () => {} }),
    echo(6),
    host === 'inline' ? echo(7) : { do: 'print', out: ['a line\n'], value: 7 },
  ];
}

/** Returns the fault after a hook called a method; `undefined` if there is none. */
export async function faultOf(reentry: Reentry): Promise<string | undefined> {
  const { hook, method, host } = reentry;
  const controller = new AbortController();
  const settled = new Map<unknown, number>();
  const calls: Promise<unknown>[] = [];
  let depth = 0;
  let isDone = false;
  let pool: AnyPool | undefined;
  const made: AnyPool = createPool(kindOf(reentry, called), {
    size: 1,
    host,
    execArgv: [],
    retries: 1,
    onOutput: () => called('onOutput'),
  });
  pool = made;
  function called(by: string): void {
    // Call once, in the middle of the work: the first answer has come.
    if (by !== hook || depth > 0 || isDone || pool === undefined || pool.stats.completed < 1) return;
    isDone = true;
    depth++;
    const act = acts[method] ?? ((each: AnyPool) => (each as never as Record<string, () => unknown>)[method]?.());
    const outcome = act(pool, controller);
    if (outcome instanceof Promise) calls.push(outcome.catch(() => {}));
    depth--;
  }
  const orderly = () => {
    called('setOrder');
    return 0;
  };
  made.on('task', ({ task }: TaskOutcome) => settled.set(task, (settled.get(task) ?? 0) + 1));
  for (const name of LISTENERS) made.on(name, () => called(`on ${name}`));
  if (hook === 'setOrder') made.setOrder(orderly);
  const tasks = tasksOf(host);
  const results = tasks.map((task, i) =>
    made.run(task, {
      ...(i === 6 || method === 'abort' ? { signal: controller.signal } : {}),
      onFeedback: () => called('onFeedback'),
    }),
  );
  const isOver = await within(Promise.allSettled(results));
  if (!isOver) return 'a task never settles';
  if (!(await within(made.destroy()))) return 'destroy never resolves';
  if (!(await within(Promise.all(calls)))) return `${method} never settles`;
  const { accepted, completed, failed, pending } = made.stats;
  if (pending !== 0) return `${pending} tasks are pending after the end`;
  if (accepted !== completed + failed) return `${accepted} tasks were accepted, ${completed + failed} have settled`;
  const often = tasks.filter((task) => settled.get(task) !== 1);
  return often.length === 0 ? undefined : `${often.map(({ value }) => value)} did not settle once`;
}

/** Returns false for a promise that hangs. */
function within(promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), HANG);
    promise
      .finally(() => clearTimeout(timer))
      .then(
        () => resolve(true),
        () => resolve(true),
      );
  });
}
