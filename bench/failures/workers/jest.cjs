const { messageParent } = require('jest-worker');
const perform = require('./deeds.cjs');

exports.perform = (task) => perform(task, messageParent);
