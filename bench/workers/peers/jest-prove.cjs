const proving = import('./prove.mjs');

exports.prove = async (request) => (await proving).default(request);
