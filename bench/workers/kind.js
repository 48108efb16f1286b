/** The echo task as a kind; one request in a message. */
const echo = {
  name: 'echo',
  url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform: (request) => request,
};

export default echo;
