import { readFileSync } from 'node:fs';

let held, counts; // in the worker: what it has learnt

export default {
  name: 'lookup',
  url: import.meta.url,
  // A fresh worker takes any question; an old one those about the file that it has read.
  taskMatch: (status, task) => status.type === 'fresh' || status.competence === task.file,
  requestOfTask: (status, task) => task,
  useResponse: (status, task, response) => ({ type: 'stay', competence: task.file, result: response }),
  perform({ file, word }) {
    if (held !== file) {
      counts = new Map();
      for (const each of readFileSync(file, 'utf8').match(/\w+/g)) counts.set(each, (counts.get(each) ?? 0) + 1);
      held = file;
    }
    return counts.get(word) ?? 0;
  },
};
