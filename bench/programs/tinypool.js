import './usage.js';
import { Tinypool } from 'tinypool';

const filename = new URL('./workers/function.js', import.meta.url).pathname;
const runtime = process.argv[2] === 'thread' ? 'worker_threads' : 'child_process';
const pool = new Tinypool({ filename, runtime, minThreads: 1, maxThreads: 1 });
await pool.run({ i: 0, s: 'x' });
await pool.destroy();
