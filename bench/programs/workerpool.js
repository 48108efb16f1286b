import './usage.js';
import workerpool from 'workerpool';

const file = new URL('./workers/workerpool.cjs', import.meta.url).pathname;
const pool = workerpool.pool(file, { workerType: process.argv[2], minWorkers: 1, maxWorkers: 1 });
await pool.exec('perform', [{ i: 0, s: 'x' }]);
await pool.terminate();
