module.exports = require('statepool/compat/tinypool');
