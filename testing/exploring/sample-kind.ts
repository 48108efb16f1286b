import type { Kind } from '../../kinds/kind.ts';

/**
 * A task of the sample kind: `make` begins something on a fresh worker, `finish` continues with the competence of an
 * old worker.
 */
type SampleTask = 'make' | 'finish';

/** The types of the sample kind. */
interface SampleTypes {
  task: SampleTask;
  request: SampleTask;
  response: 'done' | 'part' | 'gone';
  competence: 'part';
  result: string;
}

/**
 * The kind of the pool's model: as picky as possible with two tasks, so that every rule of the pool applies. Only fresh
 * workers make and only old workers finish. A complete response ends its worker; a partial one leaves the worker old,
 * with a follow-up.
 */
export const sampleKind: Kind<SampleTypes> = {
  name: 'sample',
  url: import.meta.url,
  taskMatch: (status, task) => (task === 'make') === (status.type === 'fresh'),
  requestOfTask: (_status, task) => task,
  useResponse(_status, task, response) {
    if (response === 'done') return { type: 'end', result: `${task} is done` };
    if (response === 'gone') return { type: 'stay', competence: 'part', error: new Error('it is gone') };
    return { type: 'stay', competence: 'part', tasks: ['finish'], result: 'a part' };
  },
  perform: (request) => (request === 'make' ? 'part' : 'done'),
  examples: {
    tasks: { make: () => 'make', finish: () => 'finish' },
    responses: {
      done: { to: '*', make: () => 'done' },
      part: { to: ['make'], make: () => 'part' },
      gone: { to: ['finish'], make: () => 'gone' },
    },
    classOfTask: (task) => task,
    classOfCompetence: (competence) => competence,
  },
};
