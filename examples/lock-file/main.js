import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createPool } from 'statepool';
import folders from './folders.js';

const [first, second] = ['first', 'second'].map((name) => mkdtempSync(`${tmpdir()}/statepool-${name}-`));
const pool = createPool(folders, { size: 1 });
console.log('the first folder has', await pool.run({ folder: first }));
// The only worker makes room for a fresh one: it removes its lock file first.
console.log('the second folder has', await pool.run({ folder: second }), 'and the first one', readdirSync(first));
await pool.close();
console.log('after close the second folder has', readdirSync(second));
