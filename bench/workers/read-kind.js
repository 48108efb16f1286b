import read from './read.mjs';

/** Reads of a small file as a kind: one worker has several under way. */
export default {
  name: 'bench-read',
  url: import.meta.url,
  concurrency: 8,
  requestOfTask: (_status, task) => task,
  perform: () => read(),
};
