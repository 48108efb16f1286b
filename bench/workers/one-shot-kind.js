/** A kind with a fresh worker for every task. */
export default {
  name: 'one-shot',
  url: import.meta.url,
  requestOfTask: (_status, task) => task,
  useResponse: (_status, _task, response) => ({ type: 'end', result: response }),
  perform: (request) => request,
};
