import { readFileSync } from 'node:fs';

let held, counts; // used in the worker: the file that it has read, and the counts of its words

export default {
  name: 'lookup',
  url: import.meta.url,
  // A worker takes tasks about the file that it has read first. Any worker can read another file.
  affinity: (task) => task.file,
  affinityMode: 'prefer',
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
