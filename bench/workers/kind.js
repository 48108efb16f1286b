import perform from './perform.cjs';

/** The benchmark's task as a kind. */
export default {
  name: 'bench',
  url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform: (request) => perform(request),
};
