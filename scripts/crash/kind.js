import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Appends each request and its life of the program to a file that the task names, and takes a moment for it. */
export default {
  name: 'traced',
  url: import.meta.url,
  requestOfTask: (_status, task) => ({ ...task, life: process.env.CRASH_LIFE ?? '' }),
  async perform({ name, trace, life }) {
    appendFileSync(trace, `${name} ${life}\n`);
    await setTimeout(1);
    return `the end of ${name}`;
  },
};
