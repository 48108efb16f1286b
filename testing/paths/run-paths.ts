import type { Kind, KindTypes } from '../../kinds/kind.ts';
import type { Coverage } from '../graph/cover.ts';
import { kindPaths } from './kind-paths.ts';
import type { Path, PathError, PathOptions, Paths } from './paths.ts';

/** Options of `runPaths`. */
export interface RunPathsOptions extends PathOptions {
  /** Called when a path begins, and before each step. */
  readonly onStep?: (path: Path, step: number) => void;
  /** Called when a path is over, with its `error` if it failed. */
  readonly onPath?: (path: Path, error: PathError | undefined) => void;
}

/** The report of `runPaths`. */
export interface PathsReport {
  /** The number of paths. */
  readonly paths: number;
  /** The number of steps of all paths. */
  readonly steps: number;
  /** The number of paths that passed. */
  readonly passed: number;
  /** An error for each path that failed, in the order of their ends. */
  readonly failures: readonly PathError[];
  /** The coverage by the paths that passed. */
  readonly coverage: Coverage;
}

/**
 * Runs the paths of a kind's chart on real workers and reports their coverage. Does not reject when paths fail: their
 * errors are in `failures`.
 *
 * @throws as `kindPaths`
 *
 * @example
 * import { runPaths } from 'statepool/testing';
 *
 * const { failures } = await runPaths(kind, { mode: 'pairs', host: 'thread' });
 * assert.deepEqual(failures, []);
 */
export async function runPaths<X extends KindTypes>(
  kind: Kind<X>,
  options: RunPathsOptions = {},
): Promise<PathsReport> {
  const { onStep, onPath, ...which } = options;
  return runAll(kindPaths(kind, which), { onStep, onPath });
}

/**
 * Runs paths, as many at a time as their pools allow. Does not reject when paths fail: their errors are in `failures`.
 *
 * @example
 * import { kindPaths, runAll } from 'statepool/testing';
 *
 * const report = await runAll(kindPaths(kind, { mode: 'walk', seed: 7 }), {
 *   onPath: (path, error) => console.log(path.title, error?.message ?? 'passed'),
 * });
 */
export async function runAll(
  paths: Paths,
  {
    onStep,
    onPath,
  }: { onStep?: RunPathsOptions['onStep'] | undefined; onPath?: RunPathsOptions['onPath'] | undefined },
): Promise<PathsReport> {
  const failures: PathError[] = [];
  const passed: Path[] = [];
  await Promise.all(
    paths.map(async (path) => {
      try {
        await path.run((step) => onStep?.(path, step));
        passed.push(path);
        onPath?.(path, undefined);
      } catch (error) {
        failures.push(error as PathError);
        onPath?.(path, error as PathError);
      }
    }),
  );
  const steps = paths.reduce((sum, path) => sum + path.steps.length, 0);
  return { paths: paths.length, steps, passed: passed.length, failures, coverage: paths.coverageOf(passed) };
}
