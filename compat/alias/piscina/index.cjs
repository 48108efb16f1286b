module.exports = require('statepool/compat/piscina');
