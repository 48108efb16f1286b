const { worker, workerEmit } = require('workerpool');
const perform = require('./deeds.cjs');

worker({ perform: (task) => perform(task, workerEmit) });
