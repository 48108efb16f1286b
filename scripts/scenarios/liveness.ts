import { readFileSync } from 'node:fs';

/** Whether a process runs: one that has exited and was not yet waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // With a /proc it has gone this very moment; without one the signal alone must report.
    return process.platform !== 'linux';
  }
}
