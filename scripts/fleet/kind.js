import { appendFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

/** A kind whose tasks say how long they take, and write down where they begin: `key node time`. */
export default {
  name: 'fleet-trials',
  url: import.meta.url,
  taskMatch: (status, { need }) => need === undefined || (status.type === 'old' && status.competence === need),
  requestOfTask: (_status, task) => task,
  useResponse(status, { learn, follow = [] }, response) {
    const known = status.type === 'old' ? status.competence : undefined;
    return { type: 'stay', competence: learn ?? known, result: response, tasks: follow };
  },
  receiveFeedback({ heard }) {
    appendFileSync(heard, `${process.pid}/${threadId} ${Date.now()}\n`);
  },
  async perform({ key, ms = 0, spin = 0, log, value }) {
    if (log !== undefined) appendFileSync(log, `${key} ${process.ppid} ${Date.now()}\n`);
    const end = Date.now() + spin;
    while (Date.now() < end);
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    return value;
  },
  nameOfTask: ({ key }) => String(key),
};
