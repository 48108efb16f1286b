/** Workers that know one key each, and take its tasks only. */
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
