import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { withOwnTicks } from '../platform/platform.ts';

/**
 * Reads `+pid` and `-pid` lines. When they end, whoever wrote them is gone, and what it left alive is killed: a process id that
 * has been given to another program meanwhile is told by its command line. It runs in a session of its own, so that no terminal
 * ends it. It is a child of this process, which so collects it when it has ended: a container's first process has nobody else for
 * that.
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
 * Ends child processes whose parent has died without a word, by `kill -9` for example: one that loops never hears that its
 * channel has closed. There is one for all workers of this process, started with the first, ended after the last. It needs a
 * POSIX shell; on Windows there is none, and a worker that loops outlives such a death.
 */
export class OrphanReaper {
  /** A part of every watched process's command line. */
  readonly #mark: string;
  readonly #watched = new Set<number>();
  #pipe: Socket | undefined;

  constructor(mark: string) {
    this.#mark = mark;
  }

  /** Sees to it that this process does not outlive its parent. */
  watch(pid: number): void {
    if (process.platform === 'win32') return;
    this.#watched.add(pid);
    if (this.#pipe === undefined) withOwnTicks(() => this.#start());
    else this.#pipe.write(`+${pid}\n`);
  }

  /** The process has exited. */
  forget(pid: number): void {
    if (this.#watched.delete(pid)) this.#pipe?.write(`-${pid}\n`);
  }

  /** No process is left. */
  end(): void {
    withOwnTicks(() => this.#pipe?.end());
    this.#pipe = undefined;
  }

  #start(): void {
    const shell = startShell(this.#mark);
    const pipe = shell?.stdio?.[3] as Socket | undefined;
    // Without a shell there is no reaper: workers end with their channel, as far as they listen.
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
