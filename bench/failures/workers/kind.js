import perform from './deeds.cjs';

/** The tasks of the failure matrix as a kind. */
export default {
  name: 'failures',
  url: import.meta.url,
  requestOfTask: (_status, task) => task,
  nameOfTask: ({ name }) => name,
  nameOfRequest: ({ name }) => name,
  perform: (request, { feedback }) => perform(request, feedback),
};
