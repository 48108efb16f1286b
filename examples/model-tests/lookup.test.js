// Run it: node --test examples/model-tests
import assert from 'node:assert';
import test from 'node:test';
import { bisimulate, kindPaths } from 'statepool/testing';
import lookup from '../lookup/lookup.js';

// A finite model of the kind: tasks about two files, one response, and the file that a worker has read.
const examples = {
  tasks: { a: () => ({ file: 'a', word: 'x' }), b: () => ({ file: 'b', word: 'x' }) },
  responses: { count: { to: '*', make: () => 3 } },
  classOfTask: ({ file }) => file,
  classOfCompetence: (file) => file,
};
const kind = { ...lookup, examples };

for (const path of kindPaths(kind, { host: 'thread' })) test(path.title, () => path.run());

test('the workers behave as the chart of the kind says', async () => {
  assert.deepEqual((await bisimulate(kind)).differences, []);
});
