import { setTimeout as wait } from 'node:timers/promises';
import { createPool, type PoolOptions, type RunOptions } from 'statepool';
import { type Chance, chanceFrom } from './chance.ts';
import { type Chore, chores, pickerOf, type SoakTask } from './chores.ts';
import { disturb } from './disturb.ts';
import { endPool } from './end.ts';
import { kindOf } from './kind.ts';
import { PlannedMischief } from './mischief.ts';
import type { PoolUnderLoad, Setting, SoakPool, SoakTypes } from './soak-pool.ts';

/** The tasks under way for each worker: more than it may hold. */
const CALLERS = 6;
const WINDOW = 8;
/** The most workers that are started in advance. */
const SPARES = 2;
/** Seeds for the independent sources of chance; callers have the positive ones. */
const OPTIONS = -1;
const FAULTS = -2;
const END = -3;

/** A summary of a round, for a person. */
export interface RoundReport {
  readonly options: string;
  readonly tasks: number;
  readonly end: string;
}

/**
 * Makes a pool, keeps it under full load for some ms while faults are injected, and ends it in one of several ways.
 * `watch` gets the pool and its number of spares, to sample it during the round. Reports all violations to the ledger.
 */
export async function runRound(
  setting: Setting,
  number: number,
  ms: number,
  watch: (pool: SoakPool, spares: number) => void,
): Promise<RoundReport> {
  const { ledger, seed, size, limits } = setting;
  const before = { accepted: ledger.accepted, settled: ledger.settled };
  const mischief = new PlannedMischief();
  const opened = openPool(setting, number, (hook, task) => mischief.at(hook, task));
  const { pool, options, kind } = opened;
  const shown = { window: kind.window ?? 1, isRetrying: opened.isRetrying, ...opened.chosen };
  const delayed = new Map<NodeJS.Timeout, () => void>();
  const controllers = new Map<number, AbortController>();
  const load: PoolUnderLoad = {
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
    give: () => void ask(load, controllers, { id: ledger.nextId(), chore: 'echo', value: size }, {}),
    abort: ({ id }) => controllers.get(id)?.abort(),
  };
  mischief.load = load;
  pool.on('task', (outcome) => {
    ledger.report(outcome);
    mischief.at('the listener to task', outcome.task as SoakTask);
  });
  watch(pool, options.spares ?? 0);
  const end = performance.now() + ms;
  const isOver = () => performance.now() >= end;
  const callers = Array.from({ length: (CALLERS + (kind.window ?? 0)) * size }, (_, caller) =>
    callUntil(load, controllers, chanceFrom(seed, number, caller), isOver),
  );
  while (!isOver()) {
    await wait(50 + load.chance(400));
    disturb(load);
  }
  for (const [timer, what] of delayed) {
    clearTimeout(timer);
    what();
  }
  await limits?.relieved();
  mischief.clear();
  const how = await endPool({ ...load, chance: chanceFrom(seed, number, END) });
  await Promise.all(callers);
  const { accepted, completed, failed, pending, queued, busy } = pool.stats;
  const counted = { accepted, settled: completed + failed };
  const expected = { accepted: ledger.accepted - before.accepted, settled: ledger.settled - before.settled };
  if (counted.accepted !== expected.accepted || counted.settled !== expected.settled || pending + queued + busy > 0) {
    ledger.violate(
      `a pool that has ended counts ${JSON.stringify(pool.stats)}, and ${JSON.stringify(expected)} is true`,
    );
  }
  return { options: JSON.stringify(shown), tasks: accepted, end: how };
}

/** Opens a pool with partly random options. */
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

/** Acts as one caller: runs one task after the other until the round is over. */
async function callUntil(
  load: PoolUnderLoad,
  controllers: Map<number, AbortController>,
  chance: Chance,
  isOver: () => boolean,
): Promise<void> {
  const pick = pickerOf(load.host, load.faults, load.isWindowed, chance);
  while (!isOver()) {
    const name = pick();
    const { parts, limits, abortAfter } = chores[name] as Chore;
    const task: SoakTask = { id: load.ledger.nextId(), chore: name, value: chance(1000), ...parts?.(chance) };
    const options = { priority: chance(3), ...limits?.(chance, task) };
    const isTaken = await ask(load, controllers, task, options, abortAfter?.(chance));
    // An ended pool refuses at once: the loop would never wait.
    if (!isTaken) return;
  }
}

/** Runs a task and reports its end to the ledger; returns false if the pool accepts no more tasks. */
async function ask(
  load: PoolUnderLoad,
  controllers: Map<number, AbortController>,
  task: SoakTask,
  options: RunOptions,
  abortAfter?: number,
): Promise<boolean> {
  const { pool, ledger, mischief } = load;
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
    // Callers stop before the pool closes. Only a hook's close leads here.
    if (code === 'CLOSED') ledger.withdraw(task);
    else ledger.answer(task, { error });
    return code !== 'DEGRADED' && code !== 'CLOSED';
  } finally {
    clearTimeout(timer);
    controllers.delete(task.id);
  }
  return true;
}
