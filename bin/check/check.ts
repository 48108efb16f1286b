import { availableParallelism } from 'node:os';
import { createPool, type PoolOf } from '../../actors/index.ts';
import { AbortController, performanceNow } from '../../actors/tooling.ts';
import { endTypescriptSession } from '../../kinds/typescript/checking/sessions.ts';
import { typescriptCodeOf } from '../../kinds/typescript/engine/errors.ts';
import kind, { type TypescriptTypes } from '../../kinds/typescript.ts';
import { showPool } from '../flags/view-flags.ts';
import { complain, onInterrupt } from '../terminal/exit.ts';
import { ENGINE_MISSING, SOME_FAILED } from '../terminal/exit-codes.ts';
import { type CheckReport, isError, printReport, printTotals } from './print.ts';
import { projectsOf } from './projects.ts';
import { type Check, watchProjects } from './watch.ts';

/** The flags of `statepool check`, as commander gives them. */
export interface CheckFlags {
  readonly size?: number;
  readonly host: 'process' | 'thread' | 'inline';
  readonly json: boolean;
  readonly watch: boolean;
  readonly maxRss?: number;
  readonly inspect?: number;
  readonly inspectWait?: boolean;
}

/** The time that a server gets to give up a check that nobody waits for. */
const GRACE = 5000;

/**
 * Checks the types of projects. Sets the exit code: 0 without errors, 1 with errors, 2 for wrong input, 3 without
 * TypeScript.
 */
export async function check(names: readonly string[], flags: CheckFlags): Promise<void> {
  let projects: readonly string[];
  try {
    projects = projectsOf(names);
  } catch (error) {
    return refuse(error);
  }
  const pool = startPool(projects.length, flags);
  const ended = new AbortController();
  const stopListening = onInterrupt(() => {
    ended.abort();
    return pool.destroy();
  });
  const stopShowing = await showPool(pool, { ...flags, watch: false });
  const limit = flags.maxRss === undefined ? {} : { maxRss: flags.maxRss * 1e6 };
  const run: Check = async (task, signal) => {
    const begin = performanceNow();
    const result = await pool.run({ ...task, ...limit }, signal ? { signal } : {});
    if (result.type !== 'diagnostics') throw new Error(`a server answered '${result.type}'`);
    const { diagnostics, files = [], started } = result;
    return { project: task.project, diagnostics, files, started, ms: performanceNow() - begin };
  };
  try {
    if (flags.watch) await watchProjects(run, projects, flags, ended.signal);
    else await checkAll(run, projects, pool.size, flags);
  } catch (error) {
    if (process.exitCode === undefined) refuse(error);
  } finally {
    stopShowing();
    await pool.destroy();
    stopListening();
  }
}

function refuse(error: unknown): void {
  if (typescriptCodeOf(error) === undefined) throw error;
  complain(error);
  const isMissing = ['TYPESCRIPT_MISSING', 'TYPESCRIPT_UNFIT'].includes(typescriptCodeOf(error) as string);
  if (isMissing) process.exitCode = ENGINE_MISSING;
}

function startPool(projects: number, flags: CheckFlags): PoolOf<TypescriptTypes> {
  const pool = createPool(kind, {
    host: flags.host,
    size: flags.size ?? Math.min(projects, availableParallelism()),
    killGrace: GRACE,
  });
  // A server is a process of its own: with the host inline it stands for its worker.
  pool.on('worker', ({ id, state }) => {
    if (state === 'dead') endTypescriptSession(id);
  });
  return pool;
}

async function checkAll(run: Check, projects: readonly string[], size: number, flags: CheckFlags): Promise<void> {
  const begin = performanceNow();
  const pending = projects.map((project) => run({ type: 'project', project }));
  for (const each of pending) each.catch(() => {});
  const reports: CheckReport[] = [];
  for (const each of pending) {
    const report = await each;
    printReport(report, flags);
    reports.push(report);
  }
  printTotals(reports, { ms: performanceNow() - begin, size }, flags);
  if (process.exitCode !== undefined) return;
  if (reports.some(({ diagnostics }) => diagnostics.some(isError))) process.exitCode = SOME_FAILED;
}
