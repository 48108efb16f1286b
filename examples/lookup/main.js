import { createPool } from 'statepool';
import lookup from './lookup.js';

const pool = createPool(lookup, { size: 2 });
const ask = (file, word) => pool.run({ file, word });
console.log(await Promise.all([ask('README.md', 'worker'), ask('LICENSE', 'software'), ask('README.md', 'state')]));
console.log(pool.workers.map(({ id, state, competence }) => `${id} is ${state} and knows ${competence}`));
await pool.destroy();
