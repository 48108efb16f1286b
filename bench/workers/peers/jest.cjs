exports.perform = require('../perform.cjs');
