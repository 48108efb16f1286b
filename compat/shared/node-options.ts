import type { ForkOptions } from 'node:child_process';
import type { WorkerOptions } from 'node:worker_threads';
import type { PoolOptions } from '../../actors/index.ts';

/** The options with which other pools start a process or a thread, as far as they mean the same here. */
export interface NodeOptions {
  readonly env?: ForkOptions['env'] | symbol | null | undefined;
  readonly execArgv?: readonly string[] | null | undefined;
  readonly resourceLimits?: WorkerOptions['resourceLimits'] | undefined;
}

/** Returns them as options of a pool. @throws {TypeError} for SHARE_ENV */
export function fromNode({ env, execArgv, resourceLimits }: NodeOptions): PoolOptions {
  if (typeof env === 'symbol') throw new TypeError('options.env must be an object: workers share no environment here');
  return {
    resourceLimits: (resourceLimits ?? {}) as NonNullable<PoolOptions['resourceLimits']>,
    ...(env ? { env, inheritEnv: false } : {}),
    ...(execArgv ? { execArgv } : {}),
  };
}

const NAMES: Readonly<Record<'forkOpts' | 'workerThreadOpts', string>> = {
  forkOpts:
    'cwd detached env execPath execArgv gid serialization signal killSignal silent stdio uid windowsVerbatimArguments timeout',
  workerThreadOpts:
    'argv env eval execArgv stdin stdout stderr workerData trackUnmanagedFds transferList resourceLimits name',
};

/** The options that a worker cannot have here, and that no program gives for nothing. */
const REFUSED = ['execPath', 'uid', 'gid', 'detached', 'eval'];

/** Checks that options are those of Node, and are not inherited from a changed prototype. @throws {Error} */
export function checkNodeOptions(of: keyof typeof NAMES, options: object): void {
  const legal = NAMES[of].split(' ');
  for (const name of Object.keys(options)) {
    if (!legal.includes(name)) throw new Error(`Object "${of}" contains an unknown option "${name}"`);
    if (REFUSED.includes(name) && Reflect.get(options, name))
      throw new Error(`The option "${name}" of "${of}" has no equal in statepool: leave it out`);
  }
  const inherited = legal.find((name) => name in Object.prototype && !Object.hasOwn(options, name));
  if (inherited === undefined) return;
  throw new Error(`Object "${of}" contains an inherited option "${inherited}": remove it from the prototype`);
}
