import { readdirSync, rmSync, writeFileSync } from 'node:fs';

let lock; // used in the worker: the path of its lock file

export default {
  name: 'folders',
  url: import.meta.url,
  // A worker locks the folder of its first task, and takes only tasks about that folder from then on.
  taskMatch: (status, { folder }) => status.type === 'fresh' || status.competence === folder,
  requestOfTask: (status, task) => task,
  useResponse: (status, { folder }, response) => ({ type: 'stay', competence: folder, result: response }),
  perform({ folder }) {
    if (lock === undefined) {
      writeFileSync(`${folder}/lock`, `${process.pid}\n`, { flag: 'wx' });
      lock = `${folder}/lock`;
    }
    return readdirSync(folder).sort();
  },
  // Runs before the pool ends the worker on purpose. A worker that was killed leaves its lock file behind.
  end() {
    if (lock !== undefined) rmSync(lock);
  },
};
