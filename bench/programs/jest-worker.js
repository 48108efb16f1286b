import './usage.js';
import { Worker } from 'jest-worker';

const file = new URL('./workers/methods.cjs', import.meta.url).pathname;
const enableWorkerThreads = process.argv[2] === 'thread';
const farm = new Worker(file, { numWorkers: 1, enableWorkerThreads, exposedMethods: ['perform'] });
await farm.perform({ i: 0, s: 'x' });
await farm.end();
