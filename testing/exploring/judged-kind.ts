import type { Kind } from '../../kinds/kind.ts';

/** The types of the judged kind: a request names the status that it was built for. */
interface JudgedTypes {
  task: 'step';
  request: string;
  response: 'same' | 'learnt' | 'over';
  competence: 0 | 1;
  result: string;
}

/**
 * A kind for prefetched requests: every worker takes every task, each request depends on the worker's status, and
 * a verdict keeps the status, changes it, or ends the worker.
 */
export const judgedKind: Kind<JudgedTypes> = {
  name: 'judged',
  url: import.meta.url,
  requestOfTask: (status) => (status.type === 'fresh' ? 'fresh' : String(status.competence)),
  useResponse(status, _task, response) {
    if (response === 'over') return { type: 'end', result: 'over' };
    const before = status.type === 'fresh' ? 0 : status.competence;
    return { type: 'stay', competence: response === 'same' || before === 1 ? before : 1, result: response };
  },
  perform: () => 'same',
  examples: {
    tasks: { step: () => 'step' },
    responses: {
      same: { to: '*', make: () => 'same' },
      learnt: { to: '*', make: () => 'learnt' },
      over: { to: '*', make: () => 'over' },
    },
    classOfTask: (task) => task,
    classOfCompetence: (competence) => `level ${competence}`,
  },
};
