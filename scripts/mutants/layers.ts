import type { Mutant } from './mutant.ts';

/** Bugs in the layers for programs of other pools. */
export const layers: readonly Mutant[] = [
  {
    name: 'sticky-key-forgotten',
    file: 'compat/jest-worker/index.ts',
    from: '=> key === null || slotOf(key) === slot',
    to: '=> true || (key === null || slotOf(key) === slot)',
    breaks: 'The calls of a sticky key run on several workers.',
    catchers: ['tests/compat/jest-worker.test.ts'],
  },
  {
    name: 'workerpool-never-retries',
    file: 'compat/workerpool/pool.ts',
    from: 'task.retries-- > 0)',
    to: 'task.retries-- > 1)',
    breaks: 'A task whose worker died is performed once less than `retries` says.',
    catchers: ['tests/compat/workerpool.test.ts'],
  },
  {
    name: 'workerpool-keeps-aborted-workers',
    file: 'compat/workerpool/kind.ts',
    from: 'if (listeners.length === 0) return false;',
    to: 'if (listeners.length === 0) return true;',
    breaks: 'A worker without abort listeners goes on beside the task that was cancelled.',
    catchers: ['tests/compat/workerpool.test.ts'],
  },
  {
    name: 'workerpool-clones-between-processes',
    file: 'compat/workerpool/options.ts',
    from: "!isThread && forkOpts.serialization !== 'advanced'",
    to: 'false',
    breaks: 'Values between processes are cloned where workerpool sends JSON.',
    catchers: ['tests/compat/workerpool.test.ts'],
  },
  {
    name: 'register-replaces-all',
    file: 'compat/register.ts',
    from: "process.env.STATEPOOL_COMPAT?.split(',') ?? NAMES",
    to: 'NAMES',
    breaks: 'STATEPOOL_COMPAT is not heard.',
    catchers: ['tests/compat/register.test.ts'],
  },
  {
    name: 'tinypool-channel-stays-open',
    file: 'compat/tinypool/index.ts',
    from: 'if (this.options.isolateWorkers) this.#useChannel(undefined);',
    to: '',
    breaks: 'The channel of a task stays open after its isolated worker has ended.',
    catchers: ['tests/compat/tinypool.test.ts'],
  },
];
