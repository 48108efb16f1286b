// The work of every subject: works for some microseconds if the task says so, and answers with the task.
module.exports = function perform(task) {
  if (task.us > 0) {
    const end = performance.now() + task.us / 1000;
    while (performance.now() < end);
  }
  return task;
};
