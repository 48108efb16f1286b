import { setTimeout as wait } from 'node:timers/promises';
import { createPool, type Kind, type Pool, type PoolOptions } from 'statepool';
import { type Chore, chores, pickerOf, type SoakAnswer, type SoakTask } from './chores.ts';
import { disturb } from './disturb.ts';
import type { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';

/** So many tasks are under way for each worker: more than it may hold. */
const CALLERS = 6;
const WINDOW = 8;
/** A pool that has not finished its tasks after so many ms does not. */
const LONGEST_END = 60_000;

/** The types of the kind in worker.js. */
interface SoakTypes {
  task: SoakTask;
  request: SoakTask;
  response: SoakAnswer;
  competence: number;
  result: SoakAnswer;
  feedback: { readonly id: number; readonly note: number };
}

/** What stays the same from pool to pool. */
export interface Setting {
  readonly host: 'process' | 'thread';
  readonly size: number;
  readonly ledger: Ledger;
  readonly machine: Machine;
  /** The URL of worker.js, with the mark that `machine` knows workers by. */
  readonly url: string;
  /** A whole number from 0 up to `limit`. */
  readonly chance: (limit: number) => number;
}

/** One pool under load, and what happens to it. */
export interface Stage extends Setting {
  readonly pool: Pool<SoakTask, number, SoakAnswer>;
  readonly hasHeartbeat: boolean;
  /** Whether workers get several requests at a time, where they are quick. */
  readonly isWindowed: boolean;
  /** Does something after so many ms; at once when the round ends before. */
  later(ms: number, what: () => void): void;
}

/** A round as it went, for a person. */
export interface RoundReport {
  readonly options: string;
  readonly tasks: number;
  readonly end: string;
}

const { default: inWorker } = (await import(new URL('worker.js', import.meta.url).href)) as {
  default: Kind<SoakTypes>;
};

/**
 * Makes a pool, keeps it under full load for so many ms while faults are injected, and ends it in one way or another. `watch`
 * gets the pool, to look at it while it lives. Everything else that does not hold is told to the ledger.
 */
export async function runRound(
  setting: Setting,
  ms: number,
  watch: (pool: Stage['pool']) => void,
): Promise<RoundReport> {
  const { ledger } = setting;
  const before = { accepted: ledger.accepted, settled: ledger.settled };
  const { pool, options, kind } = openPool(setting);
  pool.on('task', (outcome) => ledger.tell(outcome));
  watch(pool);
  const delayed = new Map<NodeJS.Timeout, () => void>();
  const stage: Stage = {
    ...setting,
    pool,
    hasHeartbeat: options.heartbeat !== undefined,
    isWindowed: kind.window !== undefined,
    later(after, what) {
      const timer = setTimeout(() => delayed.delete(timer) && what(), after);
      delayed.set(timer, what);
    },
  };
  const end = performance.now() + ms;
  const isOver = () => performance.now() >= end;
  const callers = Array.from({ length: (CALLERS + (kind.window ?? 0)) * setting.size }, () => callUntil(stage, isOver));
  while (!isOver()) {
    await wait(50 + setting.chance(400));
    disturb(stage);
  }
  for (const [timer, what] of delayed) {
    clearTimeout(timer);
    what();
  }
  const how = await endPool(stage);
  await Promise.all(callers);
  const { accepted, completed, failed, pending, queued, busy } = pool.stats;
  const counted = { accepted, settled: completed + failed };
  const expected = { accepted: ledger.accepted - before.accepted, settled: ledger.settled - before.settled };
  if (counted.accepted !== expected.accepted || counted.settled !== expected.settled || pending + queued + busy > 0) {
    ledger.violate(
      `a pool that has ended counts ${JSON.stringify(pool.stats)}, and ${JSON.stringify(expected)} is true`,
    );
  }
  const { host: _host, onOutput: _onOutput, ...told } = options;
  return { options: JSON.stringify({ window: kind.window ?? 1, ...told }), tasks: accepted, end: how };
}

/** A pool whose options are, where it matters, chosen by chance. */
function openPool({ host, size, ledger, url, chance }: Setting) {
  const [isWindowed, isBeating, isRecycling, isElastic, hasGrace] = [3, host === 'process' ? 2 : 1e9, 2, 3, 2].map(
    (sides) => chance(sides) === 0,
  );
  const kind: Kind<SoakTypes> = {
    ...inWorker,
    url,
    ...(isWindowed ? { window: WINDOW, idempotent: true } : {}),
    requestOfTask: (_status, task) => (task.chore === 'stale' ? undefined : task),
    useResponse(_status, task, response) {
      ledger.use(task);
      const stay = { type: 'stay', competence: task.value, result: response } as const;
      switch (task.chore) {
        case 'trip':
          throw new Error('the hook of the kind stumbles');
        case 'refuse':
          return { ...stay, error: Object.assign(new Error('it is refused'), { code: 'REFUSED' }) };
        case 'end':
          return { type: 'end', result: response };
        case 'follow': {
          const next: SoakTask = { id: ledger.nextId(), chore: 'echo', value: task.value + 1 };
          ledger.open(next, false);
          return { ...stay, tasks: [next] };
        }
        default:
          return stay;
      }
    },
    onTaskCancellationOrExpirationOrWorkerDeath: (task) => task && ledger.endWithoutVerdict(task),
    forwardFeedback: (feedback, task) => ledger.note(task, feedback),
  };
  const options: PoolOptions = {
    size,
    host,
    execArgv: [],
    onOutput: () => {},
    resourceLimits: { maxOldGenerationSizeMb: 48 },
    restart: { limit: 1000, delay: 1, maxDelay: 20 },
    ...(isBeating ? { heartbeat: 500 } : {}),
    ...(isRecycling
      ? { recycle: { tasks: (50 + chance(400)) * (isWindowed ? 20 : 1), age: 1000 + chance(3000) } }
      : {}),
    ...(isElastic ? { minSize: 1, idleTimeout: 20 } : {}),
    ...(hasGrace ? { killGrace: 30 } : {}),
  };
  return { pool: createPool(kind, options), options, kind };
}

/** One of those who use the pool: a task after the other, until it is over. */
async function callUntil(stage: Stage, isOver: () => boolean): Promise<void> {
  const { pool, ledger, host, isWindowed, chance } = stage;
  const pick = pickerOf(host, isWindowed, chance);
  while (!isOver()) {
    const name = pick();
    const { parts, limits, abortAfter } = chores[name] as Chore;
    const task: SoakTask = { id: ledger.nextId(), chore: name, value: chance(1000), ...parts?.(chance) };
    const controller = new AbortController();
    const options = { priority: chance(3), signal: controller.signal, ...limits?.(chance) };
    const timer = abortAfter && setTimeout(() => controller.abort(), abortAfter(chance));
    ledger.open(task, true);
    try {
      ledger.answer(task, { result: await pool.run(task, options) });
    } catch (error) {
      ledger.answer(task, { error });
      // A pool that is no more answers at once, and would be asked for ever.
      if (['DEGRADED', 'CLOSED'].includes((error as { code: string }).code)) return;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Ends the pool in one of the ways there are, and names it. */
async function endPool({ pool, ledger, chance }: Stage): Promise<string> {
  const tasks = (['finish', 'finish-running', 'cancel'] as const)[chance(4)];
  if (tasks === undefined) {
    await pool.destroy();
    return 'destroy';
  }
  const { isForced } = await pool.close({ tasks, timeout: LONGEST_END });
  if (isForced) ledger.violate(`a pool was not done ${LONGEST_END / 1000} s after close, tasks: ${tasks}`);
  return `close, tasks: ${tasks}`;
}
