// What happens while a worker loads, and where workers write down what they do. The program that runs them sets the variables
// just before it opens its pool, so that its own import of a kind does neither.
const { existsSync, openSync, writeFileSync, writeSync } = require('node:fs');
const { threadId } = require('node:worker_threads');

const { FAILURES_LOG: log, FAILURES_START: start } = process.env;

// Open from the start: where no descriptor is left, a worker can still say so.
const file = log === undefined ? undefined : openSync(log, 'a');

/** One line of JSON: a file that every process appends to keeps what was said before a sudden death. */
exports.say = function say(entry) {
  if (file !== undefined) writeSync(file, `${JSON.stringify({ ...entry, pid: process.pid, threadId })}\n`);
};

exports.say({ event: 'load' });
if (start === 'throw') throw new Error('broken on purpose');
if (start === 'exit') process.exit(7);
if (start === 'exit-once' && !existsSync(`${log}.once`)) {
  writeFileSync(`${log}.once`, '');
  process.exit(7);
}
if (start === 'exit-soon') setTimeout(() => process.exit(7), 5);
