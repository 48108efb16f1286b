import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Whether this system shows its processes as files, as Linux does: nothing else is asked about them. */
export const hasProc = existsSync('/proc/self/stat');

/** What the operating system says of this process at one moment. */
export interface Sample {
  /** Processes that have not ended, are children of this one, and bear its mark. */
  readonly processes: number;
  readonly threads: number;
  readonly files: number;
}

/** Looks at this process and its children; workers are known by a `mark` in their command lines. */
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
   * What this process has open. An event loop has one more each, which libuv leaves behind where there are not enough files for
   * its other ones: it is not counted, those are.
   */
  get openFiles(): readonly string[] {
    return readdirSync('/proc/self/fd').flatMap((file) => {
      try {
        const target = readlinkSync(`/proc/self/fd/${file}`);
        return target === 'anon_inode:[eventpoll]' ? [] : [`${file} ${target}`];
      } catch {
        // The folder itself was open while it was read.
        return [];
      }
    });
  }

  /** The marked processes that live, whoever is their parent. */
  get living(): number {
    return this.#count(() => true);
  }

  /** The marked processes that are children of this one. */
  get workers(): readonly number[] {
    return this.#ours((parent) => parent === process.pid).map(Number);
  }

  /** Whether a process is a living worker of this one: before it is sent a signal. */
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
      // The name stands in brackets and may hold anything: what follows the last one is the state and the parent.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X' || !isParent(Number(parent))) return false;
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.#mark);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  }
}

/** The heap of this process when everything that can be collected has been. In bytes. */
export async function heapAfterCollection(): Promise<number> {
  // What ended in this turn, and finalizers, need turns of their own.
  for (let i = 0; i < 5; i++) {
    await turn();
    gc();
  }
  return process.memoryUsage().heapUsed;
}
