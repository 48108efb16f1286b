/** Submits tasks with ids, and reports each result to its parent: `id value`. It may be killed and started again. */
import { connect } from 'statepool/fleet';
import kind from './kind.js';

const [prefix, log, count] = process.argv.slice(2);
const fleet = await connect(kind, { broker: process.env.STATEPOOL_BROKER, prefix, id: 'comes back' });
const runs = Array.from({ length: Number(count) }, async (_, i) => {
  const id = `job ${i}`;
  process.send(`${id}: ${await fleet.run({ key: i, value: i, ms: 5, log }, { id })}`);
});
await Promise.all(runs);
await fleet.close();
process.disconnect();
