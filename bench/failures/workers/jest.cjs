exports.perform = require('./deeds.cjs');
