import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Reads `+pid` and `-pid` lines. When they end, whoever wrote them is gone, and what it left alive is killed: a process id that
 * has been given to another program meanwhile is told by its command line. The loop runs in the background of a shell that
 * ends at once, so that it is nobody's child, and in a session of its own, so that no terminal ends it.
 */
const SCRIPT = `
(
  cd /
  trap '' HUP INT TERM
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
) <&3 3<&- >/dev/null 2>&1 &
`;

/**
 * Ends child processes whose parent has died without a word, by `kill -9` for example: one that loops never hears that its
 * channel has closed. There is one for all workers of this process, started with the first, ended after the last. It needs a
 * POSIX shell; on Windows there is none, and a worker that loops outlives such a death.
 */
export class Sentinel {
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
    if (this.#pipe === undefined) this.#start();
    else this.#pipe.write(`+${pid}\n`);
  }

  /** The process has exited. */
  forget(pid: number): void {
    if (!this.#watched.delete(pid)) return;
    this.#pipe?.write(`-${pid}\n`);
    if (this.#watched.size > 0) return;
    this.#pipe?.end();
    this.#pipe = undefined;
  }

  #start(): void {
    const shell: ChildProcess = spawn('/bin/sh', ['-c', SCRIPT, 'statepool-sentinel', this.#mark], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    shell.unref();
    // Without a shell there is no sentinel: workers end with their channel, as far as they listen.
    shell.on('error', () => {});
    const pipe = shell.stdio[3] as Socket;
    pipe.on('error', () => {
      if (this.#pipe === pipe) this.#pipe = undefined;
    });
    pipe.unref();
    for (const pid of this.#watched) pipe.write(`+${pid}\n`);
    this.#pipe = pipe;
  }
}
