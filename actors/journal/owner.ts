import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { nanoid } from 'nanoid';

/** Who holds a journal. A lock of an earlier version has its process only. What cannot be known here is left out. */
export interface Owner {
  /** As its own namespace counts. */
  readonly pid: number;
  /** When the process began, in ticks of the system since its start: ids of processes are used again. Linux only. */
  readonly begun: string | undefined;
  /** Which of its locks it is. */
  readonly nonce: string;
  readonly host: string | undefined;
  /** The id of the installed system; Linux only. */
  readonly machine: string | undefined;
  /** The id of the system's run, from its start to its end, whatever host names its containers have; Linux only. */
  readonly boot: string | undefined;
  /** Whose ids of processes these are: each container counts its own; Linux only. */
  readonly namespace: string | undefined;
}

/** This process, with another nonce each time. */
export function thisOwner(): Owner {
  return {
    pid: process.pid,
    begun: statOf('self')?.begun,
    nonce: nanoid(),
    host: hostname(),
    machine: textIn('/etc/machine-id'),
    boot: textIn('/proc/sys/kernel/random/boot_id'),
    namespace: linkAt('/proc/self/ns/pid'),
  };
}

/**
 * Whether the process of a lock is there: `alive`, `gone`, or `hidden` where that cannot be seen from here, because it is, or
 * was, one of another machine or of another container.
 */
export function presenceOf(owner: Owner, own: Owner): 'alive' | 'gone' | 'hidden' {
  // Locks of an earlier version were made and judged by the process alone.
  if (owner.host === undefined) return isRunning(owner) ? 'alive' : 'gone';
  if (owner.boot !== own.boot) {
    const isSameMachine = owner.host === own.host && owner.machine === own.machine;
    return isSameMachine && owner.boot !== undefined && own.boot !== undefined ? 'gone' : 'hidden';
  }
  if (owner.boot === undefined && owner.host !== own.host) return 'hidden';
  // The id of a namespace is used again once it is gone, and all of its processes are gone then.
  if (owner.namespace !== own.namespace) return 'hidden';
  return isRunning(owner) ? 'alive' : 'gone';
}

/** The owner that the text of a lock names; `undefined` where it is none. */
export function ownerIn(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner | null;
    return Number.isSafeInteger(owner?.pid) && (owner?.pid ?? 0) > 0 ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a lock's text was not whole on the disk when its machine lost its power: those who live have whole ones. */
export function isTorn(text: string): boolean {
  return /^(\{"pid":[^}]*)?\0*$/.test(text);
}

function isRunning({ pid, begun }: Owner): boolean {
  if (!isThere(pid)) return false;
  // What /proc shows may be the processes of another namespace.
  if (begun === undefined || linkAt('/proc/self') !== String(process.pid)) return true;
  const stat = statOf(String(pid));
  // It has ended meanwhile, or is another user's, which may be hidden.
  if (stat === undefined) return isThere(pid);
  return !stat.isBuried && stat.begun === begun;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, and whether it has ended and is only not waited for yet, as Linux tells it. */
function statOf(pid: string): { readonly begun: string | undefined; readonly isBuried: boolean } | undefined {
  const text = textIn(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name of the program, in brackets, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { begun: fields[19], isBuried: fields[0] === 'Z' || fields[0] === 'X' };
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
