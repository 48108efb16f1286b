import { availableParallelism } from 'node:os';
import { createPool } from '../../actors/index.ts';
import { performanceNow } from '../../actors/tooling.ts';
import { endTypescriptSession } from '../../kinds/typescript/checking/sessions.ts';
import { typescriptCodeOf } from '../../kinds/typescript/engine/errors.ts';
import kind from '../../kinds/typescript.ts';
import { type EngineErrors, refuse, runOnEngines } from '../terminal/engine-command.ts';
import { SOME_FAILED } from '../terminal/exit-codes.ts';
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

const errors: EngineErrors = { codeOf: typescriptCodeOf, missing: ['TYPESCRIPT_MISSING', 'TYPESCRIPT_UNFIT'] };

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
    return refuse(error, errors);
  }
  const pool = createPool(kind, {
    host: flags.host,
    size: flags.size ?? Math.min(projects.length, availableParallelism()),
    killGrace: GRACE,
  });
  const limit = flags.maxRss === undefined ? {} : { maxRss: flags.maxRss * 1e6 };
  const run: Check = async (task, signal) => {
    const begin = performanceNow();
    const result = await pool.run({ ...task, ...limit }, signal ? { signal } : {});
    if (result.type !== 'diagnostics') throw new Error(`a server answered '${result.type}'`);
    const { diagnostics, files = [], started } = result;
    return { project: task.project, diagnostics, files, started, ms: performanceNow() - begin };
  };
  await runOnEngines(pool, { ...errors, flags, endSession: endTypescriptSession }, async (ended) => {
    if (flags.watch) await watchProjects(run, projects, flags, ended);
    else await checkAll(run, projects, pool.size, flags);
  });
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
