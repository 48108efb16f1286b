import { setTimeout as wait } from 'node:timers/promises';
import { createPool, type HostName, type Pool, type PoolOptions, type RunOptions } from 'statepool';
import { type Chance, chanceFrom } from './chance.ts';
import { type Chore, chores, type Group, pickerOf, type SoakAnswer, type SoakTask } from './chores.ts';
import { disturb } from './disturb.ts';
import { endPool } from './end.ts';
import { kindOf, type SoakTypes } from './kind.ts';
import type { Ledger } from './ledger.ts';
import type { Limits } from './limits.ts';
import type { Machine } from './machine.ts';
import { Mischief } from './mischief.ts';

/** So many tasks are under way for each worker: more than it may hold. */
const CALLERS = 6;
const WINDOW = 8;
/** How many workers are started ahead at most. */
const SPARES = 2;
/** A number of its own for each of those who choose something by chance. */
const OPTIONS = -1;
const FAULTS = -2;
const END = -3;

/** What stays the same from pool to pool. */
export interface Setting {
  readonly host: HostName;
  readonly size: number;
  readonly seed: number;
  readonly faults: ReadonlySet<Group>;
  readonly ledger: Ledger;
  readonly machine: Machine;
  /** Takes resources away, where that can be done. */
  readonly limits: Limits | undefined;
  /** The URL of worker.js, with the mark that `machine` knows workers by. */
  readonly url: string;
}

/** The pool of a round. */
export type SoakPool = Pool<SoakTask, number, SoakAnswer, SoakTypes['feedback']>;

/** One pool under load, and what happens to it. */
export interface Stage extends Setting {
  readonly pool: SoakPool;
  readonly hasHeartbeat: boolean;
  /** Whether workers get several requests at a time, where they are quick. */
  readonly isWindowed: boolean;
  readonly mischief: Mischief;
  readonly chance: Chance;
  /** Does something after so many ms; at once when the round ends before. */
  later(ms: number, what: () => void): void;
  /** Gives the pool a task beside those of its callers. */
  give(): void;
  /** Aborts the signal of a task, where it has one. */
  abort(task: SoakTask): void;
}

/** A round as it went, for a person. */
export interface RoundReport {
  readonly options: string;
  readonly tasks: number;
  readonly end: string;
}

/**
 * Makes a pool, keeps it under full load for so many ms while faults are injected, and ends it in one way or another. `watch`
 * gets the pool, to look at it while it lives, and how many spares it has. Everything else that does not hold is told to the ledger.
 */
export async function runRound(
  setting: Setting,
  number: number,
  ms: number,
  watch: (pool: SoakPool, spares: number) => void,
): Promise<RoundReport> {
  const { ledger, seed, size, limits } = setting;
  const before = { accepted: ledger.accepted, settled: ledger.settled };
  const mischief = new Mischief();
  const opened = openPool(setting, number, (hook, task) => mischief.at(hook, task));
  const { pool, options, kind } = opened;
  const told = { window: kind.window ?? 1, isRetrying: opened.isRetrying, ...opened.chosen };
  const delayed = new Map<NodeJS.Timeout, () => void>();
  const controllers = new Map<number, AbortController>();
  const stage: Stage = {
    ...setting,
    pool,
    mischief,
    hasHeartbeat: options.heartbeat !== undefined,
    isWindowed: kind.window !== undefined,
    chance: chanceFrom(seed, number, FAULTS),
    later(after, what) {
      const timer = setTimeout(() => delayed.delete(timer) && what(), after);
      delayed.set(timer, what);
    },
    give: () => void ask(stage, controllers, { id: ledger.nextId(), chore: 'echo', value: size }, {}),
    abort: ({ id }) => controllers.get(id)?.abort(),
  };
  mischief.stage = stage;
  pool.on('task', (outcome) => {
    ledger.tell(outcome);
    mischief.at('the listener to task', outcome.task as SoakTask);
  });
  watch(pool, options.spares ?? 0);
  const end = performance.now() + ms;
  const isOver = () => performance.now() >= end;
  const callers = Array.from({ length: (CALLERS + (kind.window ?? 0)) * size }, (_, caller) =>
    callUntil(stage, controllers, chanceFrom(seed, number, caller), isOver),
  );
  while (!isOver()) {
    await wait(50 + stage.chance(400));
    disturb(stage);
  }
  for (const [timer, what] of delayed) {
    clearTimeout(timer);
    what();
  }
  await limits?.relieved();
  mischief.clear();
  const how = await endPool({ ...stage, chance: chanceFrom(seed, number, END) });
  await Promise.all(callers);
  const { accepted, completed, failed, pending, queued, busy } = pool.stats;
  const counted = { accepted, settled: completed + failed };
  const expected = { accepted: ledger.accepted - before.accepted, settled: ledger.settled - before.settled };
  if (counted.accepted !== expected.accepted || counted.settled !== expected.settled || pending + queued + busy > 0) {
    ledger.violate(
      `a pool that has ended counts ${JSON.stringify(pool.stats)}, and ${JSON.stringify(expected)} is true`,
    );
  }
  return { options: JSON.stringify(told), tasks: accepted, end: how };
}

/** A pool whose options are, where it matters, chosen by chance. */
function openPool(setting: Setting, number: number, at: Parameters<typeof kindOf>[1]) {
  const { host, size, faults, seed } = setting;
  const chance = chanceFrom(seed, number, OPTIONS);
  const isWindowed = (seed + number) % 2 === 0;
  const [isBeating, isRecycling, isElastic, hasGrace, isRetrying] = [2, 2, 3, 2, 2].map((sides) => chance(sides) === 0);
  const spares = chance(SPARES + 1);
  const kind = kindOf(setting, at, isRetrying === true, isWindowed ? { window: WINDOW, idempotent: true } : {});
  const chosen: PoolOptions = {
    ...(isBeating && host === 'process' ? { heartbeat: 500 } : {}),
    ...(isRecycling
      ? { recycle: { tasks: (50 + chance(400)) * (isWindowed ? 20 : 1), age: 1000 + chance(3000) } }
      : {}),
    ...(isElastic ? { minSize: 1, idleTimeout: 20 } : {}),
    ...(hasGrace ? { killGrace: 30 } : {}),
    ...(faults.has('spares') && host !== 'inline' && spares > 0 ? { spares } : {}),
  };
  const options: PoolOptions = {
    size,
    host,
    execArgv: [],
    onOutput: () => {},
    resourceLimits: { maxOldGenerationSizeMb: 48 },
    restart: { limit: 1000, delay: 1, maxDelay: 20 },
    ...chosen,
  };
  return { pool: createPool(kind, options), options, kind, chosen, isRetrying };
}

/** One of those who use the pool: a task after the other, until it is over. */
async function callUntil(
  stage: Stage,
  controllers: Map<number, AbortController>,
  chance: Chance,
  isOver: () => boolean,
): Promise<void> {
  const pick = pickerOf(stage.host, stage.faults, stage.isWindowed, chance);
  while (!isOver()) {
    const name = pick();
    const { parts, limits, abortAfter } = chores[name] as Chore;
    const task: SoakTask = { id: stage.ledger.nextId(), chore: name, value: chance(1000), ...parts?.(chance) };
    const options = { priority: chance(3), ...limits?.(chance, task) };
    const isTaken = await ask(stage, controllers, task, options, abortAfter?.(chance));
    // A pool that is no more answers at once, and would be asked for ever.
    if (!isTaken) return;
  }
}

/** Runs a task and tells the ledger what comes of it; false where the pool takes no more. */
async function ask(
  stage: Stage,
  controllers: Map<number, AbortController>,
  task: SoakTask,
  options: RunOptions,
  abortAfter?: number,
): Promise<boolean> {
  const { pool, ledger, mischief } = stage;
  const controller = new AbortController();
  controllers.set(task.id, controller);
  const timer = abortAfter === undefined ? undefined : setTimeout(() => controller.abort(), abortAfter);
  ledger.open(task, true);
  try {
    const result = await pool.run(task, {
      ...options,
      signal: controller.signal,
      onFeedback(feedback) {
        ledger.hear(task, feedback as SoakTypes['feedback']);
        mischief.at('onFeedback', task);
      },
    });
    ledger.answer(task, { result });
  } catch (error) {
    const { code } = error as { code?: unknown };
    // Only hooks ask a pool that is closed.
    if (code === 'CLOSED') ledger.withdraw(task);
    else ledger.answer(task, { error });
    return code !== 'DEGRADED' && code !== 'CLOSED';
  } finally {
    clearTimeout(timer);
    controllers.delete(task.id);
  }
  return true;
}
