module.exports = require('statepool/compat/workerpool');
