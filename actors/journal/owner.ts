import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { uniqueId } from '../platform/platform.ts';

/** The process that holds a journal. Locks of an earlier version name only the process. Unknown facts are left out. */
export interface Owner {
  /** The process id, in its own namespace. */
  readonly pid: number;
  /** The start of the process, in ticks since the start of the system: process ids are used again. Linux only. */
  readonly begun: string | undefined;
  /** The id of this lock among the locks of its process. */
  readonly nonce: string;
  readonly host: string | undefined;
  /** The id of the installed system. Linux only. */
  readonly machine: string | undefined;
  /** The id of the system's run, the same in all of its containers, whatever their host names. Linux only. */
  readonly boot: string | undefined;
  /** The namespace of the process id: each container counts its own. Linux only. */
  readonly namespace: string | undefined;
}

/** Describes this process, with a new nonce each time. */
export function thisOwner(): Owner {
  return {
    pid: process.pid,
    begun: statOf('self')?.begun,
    nonce: uniqueId(),
    host: hostname(),
    machine: textIn('/etc/machine-id'),
    boot: textIn('/proc/sys/kernel/random/boot_id'),
    namespace: linkAt('/proc/self/ns/pid'),
  };
}

/**
 * Returns the presence of a lock's process: `alive`, `gone`, or `hidden` if it cannot be seen from here, because it
 * belongs or belonged to another machine or container.
 */
export function presenceOf(owner: Owner, own: Owner): 'alive' | 'gone' | 'hidden' {
  // Locks of an earlier version name the process only, so only the process is checked.
  if (owner.host === undefined) return isRunning(owner) ? 'alive' : 'gone';
  if (owner.boot !== own.boot) {
    const isSameMachine = owner.host === own.host && owner.machine === own.machine;
    return isSameMachine && owner.boot !== undefined && own.boot !== undefined ? 'gone' : 'hidden';
  }
  if (owner.boot === undefined && owner.host !== own.host) return 'hidden';
  // Equal ids can be trusted: an id is used again only after its namespace and all of its processes are gone.
  if (owner.namespace !== own.namespace) return 'hidden';
  return isRunning(owner) ? 'alive' : 'gone';
}

/** Returns the owner that a lock's text names, or `undefined` if it names none. */
export function ownerIn(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner | null;
    return Number.isSafeInteger(owner?.pid) && (owner?.pid ?? 0) > 0 ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns whether a lock's text is incomplete, because its machine lost power. Living processes have complete locks.
 */
export function isTorn(text: string): boolean {
  return /^(\{"pid":[^}]*)?\0*$/.test(text);
}

function isRunning({ pid, begun }: Owner): boolean {
  if (!isThere(pid)) return false;
  // /proc may show the processes of another namespace.
  if (begun === undefined || linkAt('/proc/self') !== String(process.pid)) return true;
  const stat = statOf(String(pid));
  // The process has ended meanwhile, or it is another user's and may be hidden.
  if (stat === undefined) return isThere(pid);
  return !stat.hasEnded && stat.begun === begun;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Returns the start of a process, and whether it has ended and was not reaped yet, as Linux reports it. */
function statOf(pid: string): { readonly begun: string | undefined; readonly hasEnded: boolean } | undefined {
  const text = textIn(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name of the program is in brackets and may contain anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { begun: fields[19], hasEnded: fields[0] === 'Z' || fields[0] === 'X' };
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
