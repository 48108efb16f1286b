const { join, relative } = require('node:path');
const { pathToFileURL } = require('node:url');

/**
 * Runs once in each test's process. Ava requires the test's source, gets the promise of its compiled form, and awaits
 * it.
 */
require.extensions['.ts'] = (module, source) => {
  // Only for ava: any other TypeScript must meet Node as for users.
  delete require.extensions['.ts'];
  const compiled = join('.tests', relative('.', source)).replace(/\.ts$/, '.js');
  module.exports = import(pathToFileURL(compiled).href);
};
