import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { withOwnTicks } from '../platform/platform.ts';

/**
 * The script of the reaper. It reads `+pid` and `-pid` lines. When the lines end, their writer is gone, and the script
 * kills the listed processes that are still alive. It checks the command line of each, because a process id may belong
 * to another program meanwhile. The script runs in a session of its own, so that no terminal ends it. It stays a child
 * of this process, which reaps it: in a container whose first process is this one, no other process would.
 */
const SCRIPT = `
  trap '' HUP INT TERM QUIT USR2
  pids=' '
  while read -r line; do
    case $line in
      +*) pids="$pids\${line#+} " ;;
      -*) pids="\${pids%% \${line#-} *} \${pids#* \${line#-} }" ;;
    esac
  done
  for pid in $pids; do
    if { tr '\\0' ' ' < /proc/$pid/cmdline || ps -o args= -p $pid; } 2>/dev/null | grep -qF -- "$1"; then
      kill -9 $pid
    fi
  done
`;

/**
 * Ends child processes whose parent has died without notice, for example by `kill -9`. A child that loops never sees
 * that its channel has closed. One reaper serves all workers of this process: it starts with the first and ends after
 * the last. It needs a POSIX shell. On Windows there is none, and a worker that loops outlives such a death.
 */
export class OrphanReaper {
  /** A part of the command line of every watched process. */
  readonly #mark: string;
  readonly #watched = new Set<number>();
  #pipe: Socket | undefined;

  constructor(mark: string) {
    this.#mark = mark;
  }

  /** Makes sure that a child does not outlive this process. */
  watch(pid: number): void {
    if (process.platform === 'win32') return;
    this.#watched.add(pid);
    if (this.#pipe === undefined) withOwnTicks(() => this.#start());
    else this.#pipe.write(`+${pid}\n`);
  }

  /** Removes a process that has exited. */
  forget(pid: number): void {
    if (this.#watched.delete(pid)) this.#pipe?.write(`-${pid}\n`);
  }

  /** Ends the reaper, because no process is left. */
  end(): void {
    withOwnTicks(() => this.#pipe?.end());
    this.#pipe = undefined;
  }

  #start(): void {
    const shell = startShell(this.#mark);
    const pipe = shell?.stdio?.[3] as Socket | undefined;
    // Without a shell there is no reaper. Workers then end when their channel closes, unless they loop.
    if (shell?.pid === undefined || pipe === undefined) return;
    pipe
      .on('error', () => {})
      .on('close', () => {
        if (this.#pipe === pipe) this.#pipe = undefined;
      });
    pipe.unref();
    for (const pid of this.#watched) pipe.write(`+${pid}\n`);
    this.#pipe = pipe;
  }
}

function startShell(mark: string): ChildProcess | undefined {
  try {
    const { spawn } = process.getBuiltinModule('node:child_process');
    const shell = spawn(
      '/bin/sh',
      ['-c', `exec <&3 3<&- >/dev/null 2>&1\n${SCRIPT}`, 'statepool-orphan-reaper', mark],
      {
        cwd: '/',
        detached: true,
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      },
    );
    shell.on('error', () => {});
    for (const pipe of shell.stdio ?? []) pipe?.on('error', () => {});
    shell.unref();
    return shell;
  } catch {
    return undefined;
  }
}
