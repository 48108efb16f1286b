/** One subject under one workload, in a process of its own: prints its figures as JSON. */
import { subjects } from './subjects.js';
import { cold, workloads } from './workloads.js';

const [subject, workload, workers, options] = process.argv.slice(2);
const make = subjects[subject];
if (workload === 'cold') print(await cold(make, Number(workers)));
else {
  const pool = await make(Number(workers));
  print(await workloads[workload](pool, JSON.parse(options)));
}
// Peers whose workers outlive them are not waited for.
process.exit(0);

function print(figures) {
  process.stdout.write(`\n${JSON.stringify(figures)}\n`);
}
