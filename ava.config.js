import { execFileSync, execSync } from 'node:child_process';

// Tests take the pool from the package's own name, which leads to dist: no run may test an old build.
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
execSync('npm run --silent bundle', { stdio: 'inherit' });

export default {
  files: ['tests/**/*.test.ts'],
  extensions: { ts: 'module' },
  // Many a test stalls a pool on purpose; those that are about the warning listen for it.
  nodeArguments: ['--import=tsx', '--disable-warning=STATEPOOL_STALLED'],
  // An event that a machine has no transition for is an error here: see actors/supervision/strict-machine.ts.
  environmentVariables: { STATEPOOL_STRICT: 'on' },
  workerThreads: false,
  concurrency: 2,
  timeout: '2m',
};
