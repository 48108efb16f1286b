// Must be CommonJS: its cluster pool never answers if the worker is an ES module.
const { ClusterWorker } = require('poolifier');

module.exports = new ClusterWorker(require('../perform.cjs'));
