import './usage.js';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const worker = new Worker(new URL('../workers/raw.js', import.meta.url));
worker.postMessage({ i: 0, s: 'x' });
await once(worker, 'message');
await worker.terminate();
