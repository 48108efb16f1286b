import perform from './perform.cjs';

/** The benchmark's keyed task as a kind without keys. The subjects add what they say about keys. */
export default {
  name: 'keyed',
  url: import.meta.url,
  requestOfTask: (_status, task) => task,
  useResponse: (_status, task, response) => ({ type: 'stay', competence: task.key, result: response }),
  perform: (request) => perform(request),
};
