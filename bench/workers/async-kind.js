import perform from './perform.cjs';

/** The benchmark's task as a kind, with a promise for every task. */
export default {
  name: 'bench-async',
  url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform: async (request) => perform(request),
};
