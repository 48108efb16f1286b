import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Kills the process of an engine. */
export function killEngine(child: ChildProcess): void {
  // Without an id, Node could signal another process.
  if (child.pid === undefined) return;
  child.stdin?.destroy();
  child.kill('SIGKILL');
}

/** Returns the resident memory of the process of an engine in bytes; 0 if the system does not report it. */
export function rssOf({ pid }: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
