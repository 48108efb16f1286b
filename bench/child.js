/** One subject under one workload, in a process of its own: prints its figures as JSON. */
import { subjects } from './subjects.js';
import { workloads } from './workloads.js';

const [subject, workload, workers, tasks] = process.argv.slice(2);
const pool = await subjects[subject](Number(workers));
// Warm: what is measured is a pool at work, not a compiler.
await workloads.throughput(pool, 20_000);
const figures = await workloads[workload](pool, Number(tasks));
console.log(JSON.stringify(figures));
await pool.destroy();
process.exit(0);
