import test, { type ExecutionContext } from 'ava';
import { createPool, type Kind, type KindTypes, type Pool, type PoolOptions } from 'statepool';
import { workersOf } from './workers.ts';

/** Makes a pool that the end of its test destroys; of one worker unless `options` say otherwise. */
export type Open = <X extends KindTypes>(
  kind: Kind<X>,
  options?: PoolOptions,
) => ReturnType<typeof createPool<X>> & AsyncDisposable;

/** The hosts whose workers can be killed. */
const hosts = ['process', 'thread'] as const;

/** The longest time of a test, in ms. A hanging test fails alone, and not with its whole file. */
const LIMIT = 90_000;

/**
 * The number of tests of a file that run at once. A test's time must not include the starts of all other tests'
 * workers.
 */
const AT_ONCE = 8;

/**
 * Returns `Open` for one test and one host. Workers get no flags of the tests: a TypeScript loader would make each
 * start slowly.
 */
export function opener(t: ExecutionContext, host: NonNullable<PoolOptions['host']>): Open {
  t.timeout(LIMIT);
  return (kind, options = {}) => {
    const pool = createPool(kind, { size: 1, host, execArgv: [], onOutput: () => {}, ...options });
    t.teardown(() => pool.destroy());
    return pool;
  };
}

let running = 0;
const waiting: (() => void)[] = [];

/** Waits until this test may run. The next one may run when this test and its pools have ended. */
async function turnOf(t: ExecutionContext): Promise<void> {
  if (running === AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  t.teardown(() => {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  });
}

type Body = (t: ExecutionContext, open: Open, host: (typeof hosts)[number]) => Promise<void> | void;

/** Declares one test for each host, with the host's name before the title. */
export function onEachHost(title: string, body: Body): void {
  for (const host of hosts) onHost(host, title, body);
}

/** Declares a test for the host `process` only, for titles about processes. */
export function onProcesses(title: string, body: Body): void {
  onHost('process', title, body);
}

function onHost(host: (typeof hosts)[number], title: string, body: Body): void {
  test(`${host}: ${title}`, async (t) => {
    await turnOf(t);
    await body(t, opener(t, host), host);
  });
}

/** Declares one test for each host, and one for inline. */
export function onEveryHost(title: string, body: (t: ExecutionContext, open: Open) => Promise<void> | void): void {
  for (const host of hosts) onHost(host, title, body);
  test(`inline: ${title}`, (t) => body(t, opener(t, 'inline')));
}

/** Keeps the test's process alive: an idle pool does not, and the test waits for events of an idle worker. */
export function stayAlive(t: ExecutionContext): void {
  const timer = setInterval(() => {}, 2 ** 30);
  t.teardown(() => clearInterval(timer));
}

/** A pool whose types do not matter. */
// biome-ignore lint/suspicious/noExplicitAny: these functions serve pools of every type.
export type AnyPool = Pool<any, any, any, any>;

/** Makes the workers of a pool of jobs count as quick, until each may hold `window` requests. */
export async function warm(pool: AnyPool, window = 4): Promise<void> {
  do await Promise.all(Array.from({ length: 128 * pool.size }, () => pool.run({ do: 'echo' })));
  while (workersOf(pool).some((worker) => worker.getSnapshot().context.rt.seat.window < window));
}
