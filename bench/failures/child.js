/**
 * Runs one row on one subject, in a process of its own that may hang or crash. Writes observations as lines of JSON to
 * its fourth file descriptor.
 *
 *     node child.js SUBJECT ROW LOG PATIENCE
 */
import { writeSync } from 'node:fs';
import { Experiment } from './experiment.js';
import { rowOf } from './rows/index.js';
import { subjects } from './subjects.js';

const RESULTS = 3;

const [name, rowName, log, patience] = process.argv.slice(2);
const row = rowOf(rowName);
const subject = subjects[name];
const open = await subject.load();
// Set it only now: this process has imported the workers' modules, and its own import must not write to the log.
process.env.FAILURES_LOG = log;
if (row.start !== undefined) process.env.FAILURES_START = row.start;

const experiment = new Experiment({
  open,
  log,
  patience: Number(patience),
  show: (observation) => writeSync(RESULTS, `${JSON.stringify(observation)}\n`),
});
process.on('uncaughtException', (error) => experiment.uncaught(error));

await row.play(experiment, subject);
experiment.done();
// Some rows check whether the program ends by itself.
if (!row.isLeft) process.exit(0);
