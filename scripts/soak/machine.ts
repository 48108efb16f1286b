import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** True on systems that show processes as files, as Linux does. Other systems are not sampled. */
export const hasProc = existsSync('/proc/self/stat');

/** The operating system's numbers for this process at one moment. */
export interface Sample {
  /** Marked processes that are children of this one and have not ended. */
  readonly processes: number;
  readonly threads: number;
  readonly files: number;
}

/** Samples this process and its children. A `mark` in the command line identifies a worker. */
export class Machine {
  readonly #mark: string;

  constructor(mark: string) {
    this.#mark = mark;
  }

  sample(): Sample {
    return {
      processes: this.#count((parent) => parent === process.pid),
      threads: readdirSync('/proc/self/task').length,
      files: this.openFiles.length,
    };
  }

  /**
   * The open files of this process, except one of each event loop: libuv leaves it open when it finds too few files for
   * the others. Those others are listed.
   */
  get openFiles(): readonly string[] {
    return readdirSync('/proc/self/fd').flatMap((file) => {
      try {
        const target = readlinkSync(`/proc/self/fd/${file}`);
        return target === 'anon_inode:[eventpoll]' ? [] : [`${file} ${target}`];
      } catch {
        // The folder itself was open during the read.
        return [];
      }
    });
  }

  /** The number of living marked processes, children or not. */
  get living(): number {
    return this.#count(() => true);
  }

  /** The marked processes that are children of this one. */
  get workers(): readonly number[] {
    return this.#ours((parent) => parent === process.pid).map(Number);
  }

  /** Returns whether a process is a living worker of this one. Call it before a signal. */
  isWorker(pid: number): boolean {
    return this.#isOurs(String(pid), (parent) => parent === process.pid);
  }

  #count(isParent: (pid: number) => boolean): number {
    return this.#ours(isParent).length;
  }

  #ours(isParent: (pid: number) => boolean): readonly string[] {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && this.#isOurs(name, isParent));
  }

  #isOurs(pid: string, isParent: (pid: number) => boolean): boolean {
    try {
      // The name is in brackets and may contain any character. The state and the parent follow the last bracket.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X' || !isParent(Number(parent))) return false;
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.#mark);
    } catch {
      // The process has ended already.
      return false;
    }
  }
}

/** Measures the heap of this process after a full garbage collection, in bytes. */
export async function heapAfterCollection(): Promise<number> {
  // Ended objects and finalizers need turns of their own.
  for (let i = 0; i < 5; i++) {
    await turn();
    gc();
  }
  return process.memoryUsage().heapUsed;
}
