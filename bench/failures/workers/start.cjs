// Acts while a worker loads, and opens the file for the workers' records. The program sets the variables just before it
// opens its pool, so that its own import of a kind does neither.
const { existsSync, openSync, writeFileSync, writeSync } = require('node:fs');
const { threadId } = require('node:worker_threads');

const { FAILURES_LOG: log, FAILURES_START: start } = process.env;

// Opened at the start: a worker can write to it even when no descriptor is left.
const file = log === undefined ? undefined : openSync(log, 'a');

/** Writes one line of JSON to a file that every process appends to. The file keeps the lines after a sudden death. */
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
