import { type ChildProcess, execFile, fork, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import type { LimitRequest } from './limits.ts';
import { note } from './report.ts';

/** Set for the child program: the faults that it cannot inject, each with a reason, as JSON. */
const MARK = 'STATEPOOL_SOAK';
/** The longest delay of a soak's end, in ms. */
const PATIENCE = 120_000;
/** The first of the nameless user ids, one for each soak. The system counts the processes of each user except root. */
const FIRST_USER = 64_000;
const USERS = 1_000;

/** The program of util-linux that sets limits of other processes. */
const PRLIMIT = 'prlimit';
const FLAGS = { files: '--nofile', processes: '--nproc' } as const;

/** The user that a process runs as. */
interface UserOptions {
  readonly uid?: number;
  readonly gid?: number;
}

/** The options of a soak. */
export interface Plan {
  readonly host: string;
  readonly size: number;
  readonly seed: number;
  /** The duration, in ms. */
  readonly time: number;
}

/** Returns the skipped faults, each with a reason, in the child program; `undefined` in the parent. */
export function skippedHere(): Readonly<Record<string, string>> | undefined {
  const text = process.env[MARK];
  return text === undefined || process.send === undefined ? undefined : JSON.parse(text);
}

/**
 * Starts this program once more and ends with its exit code. The child has a process group of its own, so that signals
 * to the group reach no other process. The child asks this parent to set its limits, because that takes a process
 * without such limits.
 */
export async function launch(script: string, plan: Plan): Promise<never> {
  const user = process.getuid?.() === 0 ? FIRST_USER + (process.pid % USERS) : undefined;
  const skipped = skippedFor(user);
  const as: UserOptions = user === undefined || skipped.processes !== undefined ? {} : { uid: user, gid: user };
  const child = fork(script, [...process.argv.slice(2), '--seed', String(plan.seed)], {
    detached: true,
    env: { ...process.env, [MARK]: JSON.stringify(skipped) },
    ...as,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      endGroup(child);
      process.exit(128 + constants.signals[signal]);
    });
  }
  child.on('message', (request) => setLimit(child, as, request as LimitRequest));
  let isLate = false;
  setTimeout(() => {
    isLate = true;
    endGroup(child);
  }, plan.time + PATIENCE).unref();
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('exit', (...how) => resolve(how));
  });
  if (code === 0 || code === 1) process.exit(code);
  const how = isLate ? 'did not come to its end' : `was ended by ${signal ?? `exit code ${code}`}`;
  const violation = `the program that had the pools ${how}`;
  note(`verdict         something does not hold\n  ${violation}`);
  const { host, size, seed } = plan;
  process.stdout.write(`${JSON.stringify({ ok: false, seed, host, size, violations: [violation] })}\n`);
  process.exit(1);
}

function skippedFor(user: number | undefined): Record<string, string> {
  if (spawnSync(PRLIMIT, ['--version']).error !== undefined) {
    const why = 'there is no prlimit here';
    return { files: why, processes: why };
  }
  if (user === undefined) return {};
  const { status } = spawnSync(process.execPath, [...process.execArgv, '-e', ''], { uid: user, gid: user });
  return status === 0 ? {} : { processes: 'root has no limit, and another user cannot read what is needed' };
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended already.
  }
}

/**
 * Sets limits as the user of the processes. Another user would need a capability that root does not have everywhere.
 */
function setLimit(child: ChildProcess, as: UserOptions, { resource, soft, pids }: LimitRequest): void {
  let left = pids.length;
  let answer = 'done';
  for (const pid of pids) {
    execFile(PRLIMIT, ['--pid', String(pid), `${FLAGS[resource]}=${soft}:`], as, (error) => {
      // A worker may have ended already.
      if (error !== null && pid === child.pid) answer = error.message;
      if (--left === 0 && child.connected) child.send(answer);
    });
  }
}
