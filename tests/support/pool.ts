import test, { type ExecutionContext } from 'ava';
import { createPool, type Kind, type KindTypes, type Pool, type PoolOptions } from 'statepool';
import { workersOf } from './workers.ts';

/** Makes a pool that is destroyed when its test ends; of one worker unless `options` say otherwise. */
export type Open = <X extends KindTypes>(
  kind: Kind<X>,
  options?: PoolOptions,
) => ReturnType<typeof createPool<X>> & AsyncDisposable;

/** The hosts whose workers can be killed. */
const hosts = ['process', 'thread'] as const;

/** A test that hangs fails by itself, and not with all of its file. No test of ours needs as long. */
const LIMIT = 30_000;

/** So many tests of a file run at once: the time that each has is its own, and not that of all their workers' starts. */
const AT_ONCE = 8;

/** `Open` for one test and one host. Workers get no flags of ours: with a TypeScript loader each would start slowly. */
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

/** Waits until it is the turn of this test; the next one has its turn when this one and its pools have ended. */
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

/** One test for each host, with the host's name before the title. */
export function onEachHost(title: string, body: Body): void {
  for (const host of hosts) onHost(host, title, body);
}

/** A test for the host `process` only, where the title is about processes. */
export function onProcesses(title: string, body: Body): void {
  onHost('process', title, body);
}

function onHost(host: (typeof hosts)[number], title: string, body: Body): void {
  test(`${host}: ${title}`, async (t) => {
    await turnOf(t);
    await body(t, opener(t, host), host);
  });
}

/** One test for each host and for no host at all. */
export function onEveryHost(title: string, body: (t: ExecutionContext, open: Open) => Promise<void> | void): void {
  for (const host of hosts) onHost(host, title, body);
  test(`inline: ${title}`, (t) => body(t, opener(t, 'inline')));
}

/** Keeps the test's process alive: an idle pool does not, and the test waits for what an idle worker does. */
export function stayAlive(t: ExecutionContext): void {
  const timer = setInterval(() => {}, 2 ** 30);
  t.teardown(() => clearInterval(timer));
}

/** A pool whose types do not matter. */
// biome-ignore lint/suspicious/noExplicitAny: what helps with every pool cursors into none of its types.
export type AnyPool = Pool<any, any, any, any>;

/** Makes the workers of a pool of jobs known to be quick, until each may hold `window` requests. */
export async function warm(pool: AnyPool, window = 4): Promise<void> {
  do await Promise.all(Array.from({ length: 128 * pool.size }, () => pool.run({ do: 'echo' })));
  while (workersOf(pool).some((worker) => worker.getSnapshot().context.rt.seat.window < window));
}
