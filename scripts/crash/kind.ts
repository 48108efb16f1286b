import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Kind } from '../../actors/index.ts';

/** A task that leaves a trace of each time it is begun. */
interface Traced {
  readonly name: string;
  /** The file that it leaves its trace in, and in which life of the program. */
  readonly trace: string;
}

/** The types of the kind below. */
interface TracedTypes {
  task: Traced;
  request: Traced & { readonly life: string };
  response: string;
}

/** Writes down what it is asked, and takes a moment for it. */
const kind: Kind<TracedTypes> = {
  name: 'traced',
  url: import.meta.url,
  requestOfTask: (_status, task) => ({ ...task, life: process.env.CRASH_LIFE ?? '' }),
  async perform({ name, trace, life }) {
    appendFileSync(trace, `${name} ${life}\n`);
    await setTimeout(1);
    return `the end of ${name}`;
  },
};

export default kind;
