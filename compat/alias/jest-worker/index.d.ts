export * from 'statepool/compat/jest-worker';
