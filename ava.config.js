import { execFileSync, execSync } from 'node:child_process';
import { basename } from 'node:path';
import { compileTests } from './tests/support/compile.js';

// Tests take the pool from the package's own name, which leads to dist: no run may test an old build.
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
execSync('npm run --silent bundle', { stdio: 'inherit' });
await compileTests();

/** These take longest and start first: one that starts last would run alone at the end. */
const longest = [
  'picky',
  'inject',
  'reentry',
  'scenarios',
  'on-a-pool',
  'soak',
  'session',
  'pool-paths',
  'on-processes',
  'plan',
  'death',
  'page',
  'run',
  'prove',
  'commands',
  'any-kind',
  'growth',
  'explore',
];
const rankOf = (file) => [...longest, basename(file, '.test.ts')].indexOf(basename(file, '.test.ts'));

export default {
  files: ['tests/**/*.test.ts'],
  // A test is named and shown as TypeScript, and runs compiled.
  extensions: ['ts'],
  require: ['./tests/support/compiled.cjs'],
  // Many a test stalls a pool on purpose; those that are about the warning listen for it.
  nodeArguments: ['--disable-warning=STATEPOOL_STALLED'],
  // An event that a machine has no transition for is an error here: see actors/supervision/strict-machine.ts.
  environmentVariables: { STATEPOOL_STRICT: 'on' },
  workerThreads: false,
  sortTestFiles: (a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b),
  // For two cores: many a test waits.
  concurrency: 3,
  timeout: '5m',
};
