import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Kind } from 'statepool';
import { fixture } from './jobs.ts';

/** A task of the kind in tests/fixtures/running.js. */
export interface RunningTask {
  readonly log: string;
  readonly work?: number;
  readonly die?: boolean;
  readonly meet?: number;
  readonly verdict?: 'end';
}

/** The kind in tests/fixtures/running.js, which counts the tasks that run at once. */
export const {
  default: running,
}: { default: Kind<{ task: RunningTask; request: RunningTask; response: number; result: number }> } = await import(
  fixture('running.js')
);

/** Makes an empty log in a folder of its own, which is removed after the test. */
export function logFor(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, 'log');
  writeFileSync(log, '');
  return log;
}

/** Returns the most tasks that a worker has seen running at once. */
export function mostIn(log: string): number {
  const counts = readFileSync(log, 'utf8').match(/(?<=^= )\d+$/gm) ?? [];
  return Math.max(0, ...counts.map(Number));
}

/** Returns whether a program is on the PATH. */
function isInstalled(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** Declares a test that needs programs; without them it is skipped, and the report shows it. */
export function testWith(...programs: string[]): typeof test | typeof test.skip {
  return programs.every(isInstalled) ? test : test.skip;
}
