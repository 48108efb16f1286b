/** Measures one subject on one cell or case, in a process of its own, and prints its figures as JSON. */
import { workloadOf } from './cases.js';
import { measure, measureCell } from './measure.js';
import { subjects } from './subjects.js';

const [subject, text] = process.argv.slice(2);
const given = JSON.parse(text);
const [name, size = given.size] = subject.split(' of ');
const options = { ...given, size: Number(size) };
const make = () => subjects[name](options);
const figures =
  options.type === undefined ? await measureCell(make, options) : await measure(make, workloadOf(options));
process.stdout.write(`\n${JSON.stringify(figures)}\n`);
// Some peers leave workers behind. Do not wait for them.
process.exit(0);
