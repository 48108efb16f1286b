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
 * Makes the paths through the model of a whole pool: its supervisor with some workers, explored in full, and run in step with a
 * real one. Its kind is picky: each task is for fresh workers only, or for old ones only.
 *
 * @throws {UsageError} where an option is wrong: names it, its value and what is legal
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

/** The model that paths lead through: it is paused and closed elsewhere, for the sake of its size. */
export function modelOf(size: number, tasks: number, isDeathless = false): PoolModel {
  return explorePool(sampleKind, size, {
    tasks,
    without: ['pause', 'resume', ...(isDeathless ? (['die'] as const) : [])],
  });
}
