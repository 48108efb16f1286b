/** A kind whose workers know one key each, and take only its tasks. */
export default {
  name: 'picky',
  url: import.meta.url,
  taskMatch: (status, task) => status.type === 'fresh' || status.competence === task.key,
  requestOfTask: (_status, task) => task,
  useResponse: (status, task) => ({
    type: 'stay',
    competence: status.type === 'old' ? status.competence : task.key,
    result: task,
  }),
  perform: (request) => request,
};
