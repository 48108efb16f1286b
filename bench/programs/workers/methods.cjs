exports.perform = (task) => task;
