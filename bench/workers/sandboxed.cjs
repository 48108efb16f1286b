const perform = require('./perform.cjs');

/** The benchmark's task as a sandboxed processor of BullMQ. */
module.exports = async ({ data }) => perform(data);
