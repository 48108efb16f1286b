import { explorePool, type PoolModel } from '../exploring/explore.ts';
import { PoolRun } from '../exploring/pool-run.ts';
import { sampleKind } from '../exploring/sample-kind.ts';
import { TestPools } from '../run/test-pools.ts';
import { choosePaths, hostOf, type PathOptions, type Paths } from './paths.ts';

/** Options of `poolPaths`. */
export interface PoolPathOptions extends PathOptions {
  /** Workers of the pool. @default 2 */
  readonly size?: number;
  /** The most tasks in the pool at a time. @default one more than workers */
  readonly tasks?: number;
}

/** The paths through the pool's model, and the model. */
export interface PoolPaths extends Paths {
  readonly model: PoolModel;
}

/**
 * Makes the paths through the model of a whole pool: its supervisor with some workers, explored in full. A path runs
 * the model and a real pool in step. The kind of the pool is picky: each task is for fresh workers only, or for old
 * workers only.
 *
 * @throws {UsageError} when an option is wrong: names it, its value and the legal values
 *
 * @example
 * import { poolPaths } from 'statepool/testing';
 *
 * for (const path of poolPaths({ size: 1, host: 'simulated' })) test(path.title, () => path.run());
 */
export function poolPaths(options: PoolPathOptions = {}): PoolPaths {
  const { size = 2, tasks = size + 1, ...rest } = options;
  const host = hostOf(options);
  const model = modelOf(size, tasks, host === 'inline');
  const paths = choosePaths(
    {
      name: `pool of ${size}`,
      graph: model.graph,
      pools: new TestPools(sampleKind, host, { parallel: 2, size, paths: 1 }),
      describe: ({ id }) => model.outputs[id]?.join(', ') ?? '',
      async begin(testPool) {
        const run = await PoolRun.begin(testPool, size);
        return {
          step: ({ id }, index) => run.act(model.acts[id] as PoolModel['acts'][number], index),
          end: () => testPool.until('the path ends', () => true),
        };
      },
    },
    { length: 200, ...rest },
  );
  return Object.assign(paths, { model });
}

/** Makes the model of the paths. Leaves out pauses and closes to keep it small; other tests cover them. */
export function modelOf(size: number, tasks: number, isDeathless = false): PoolModel {
  return explorePool(sampleKind, size, {
    tasks,
    without: ['pause', 'resume', ...(isDeathless ? (['die'] as const) : [])],
  });
}
