/** Runs one subject under one workload, in a process of its own, and prints its figures as JSON. */
import { load, subjects } from './subjects.js';
import { starts, workloads } from './workloads.js';

const [subject, workload, workers, options] = process.argv.slice(2);
const make = () => subjects[subject](Number(workers));
await load(subject);
if (workload in starts) print(await starts[workload](make));
else print(await workloads[workload](await make(), JSON.parse(options)));
// Some peers leave workers behind. Do not wait for them.
process.exit(0);

function print(figures) {
  process.stdout.write(`\n${JSON.stringify(figures)}\n`);
}
