/** Runs one subject under one workload, in a process of its own, and prints its figures as JSON. */
import { programs } from './workloads/programs.js';

const [subject, workload, workers, text] = process.argv.slice(2);
const options = JSON.parse(text);
if (workload in programs) {
  print(await programs[workload](subject, options));
} else {
  const { load, subjects } = await import('./subjects.js');
  const { starts, workloads } = await import('./workloads/index.js');
  const make = () => subjects[subject](Number(workers));
  await load(subject);
  if (workload in starts) print(await starts[workload](make, options));
  else print(await workloads[workload](await make(), options));
}
// Some peers leave workers behind. Do not wait for them.
process.exit(0);

function print(figures) {
  process.stdout.write(`\n${JSON.stringify(figures)}\n`);
}
