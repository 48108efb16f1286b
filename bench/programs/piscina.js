import './usage.js';
import { Piscina } from 'piscina';

const filename = new URL('./workers/function.js', import.meta.url).pathname;
const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 });
await pool.run({ i: 0, s: 'x' });
await pool.destroy();
