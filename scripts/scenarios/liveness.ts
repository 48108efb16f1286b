import { readFileSync } from 'node:fs';

/** Returns whether a process runs. A process that exited but was not yet waited for does not run. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // On Linux, a missing /proc entry means that the process just ended. Elsewhere only the signal can report it.
    return process.platform !== 'linux';
  }
}
