import './usage.js';
import kind from './workers/kind.js';

const [host, url] = process.argv.slice(2);
const { createPool } = await import(url);
const pool = createPool(kind, { size: 1, host });
await pool.run({ i: 0, s: 'x' });
await pool.close();
