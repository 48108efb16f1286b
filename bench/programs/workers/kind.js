/** The kind of a small program: one module. */
export default {
  name: 'program',
  url: import.meta.url,
  requestOfTask: (_status, task) => task,
  perform: (task) => task,
};
