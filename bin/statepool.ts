#!/usr/bin/env node
// A small Rocq file takes as long as its engine: the engine loads while the command line and the pool do.
if (process.argv[2] === 'rocq') (await import('./rocq/input/first-engine.ts')).startFirstEngine(process.argv.slice(3));
await import('./program/program.ts');
