import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Writes down in which life of the program it was asked what, in a file that its task names, and takes a moment for it. */
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
