const { join, relative } = require('node:path');
const { pathToFileURL } = require('node:url');

/** Once in each test's process: ava requires the test's source, gets the promise of what it was compiled to, and awaits it. */
require.extensions['.ts'] = (module, source) => {
  // Nobody but ava: whatever else is TypeScript meets Node as its users do.
  delete require.extensions['.ts'];
  const compiled = join('.tests', relative('.', source)).replace(/\.ts$/, '.js');
  module.exports = import(pathToFileURL(compiled).href);
};
