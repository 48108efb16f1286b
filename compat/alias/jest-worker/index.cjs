module.exports = require('statepool/compat/jest-worker');
