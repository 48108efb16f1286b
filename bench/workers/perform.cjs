// What every subject does: works so many microseconds where the task says so, and answers the task.
module.exports = function perform(task) {
  if (task.us > 0) {
    const end = performance.now() + task.us / 1000;
    while (performance.now() < end);
  }
  return task;
};
