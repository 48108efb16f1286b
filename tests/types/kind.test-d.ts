/** The kinds that TypeScript must refuse, and accept: checked by the compiler, never run. */
import { createPool, type Kind, type Pool, type PoolOf } from 'statepool';

interface Sums {
  task: { readonly numbers: readonly number[] };
  request: readonly number[];
  response: number;
  competence: { readonly limit: number };
  result: string;
  feedback: { readonly done: number };
}

const url = import.meta.url;
const requestOfTask: Kind<Sums>['requestOfTask'] = (_status, { numbers }) => numbers;
const perform: Kind<Sums>['perform'] = (numbers) => numbers.length;

export const sums: Kind<Sums> = {
  name: 'sums',
  url,
  requestOfTask(status, task) {
    const limit: number = status.type === 'old' ? status.competence.limit : 0;
    // @ts-expect-error a fresh worker has no competence
    status.competence;
    // @ts-expect-error a task has no such part
    task.total;
    return task.numbers.length > limit ? undefined : task.numbers;
  },
  perform(request, { feedback, signal }) {
    feedback({ done: request.length });
    // @ts-expect-error a feedback of another shape
    feedback({ ready: 1 });
    // @ts-expect-error a request is not the task
    request.numbers;
    return signal.aborted ? 0 : request.reduce((a, b) => a + b, 0);
  },
  useResponse(_status, _task, response) {
    // @ts-expect-error a response is a number
    response.length;
    return { type: 'stay', competence: { limit: response }, result: String(response), tasks: [{ numbers: [] }] };
  },
};

export const withEnd: Kind<Sums>[] = [
  { ...sums, end() {} },
  { ...sums, end: async () => {} },
  // @ts-expect-error an end has no parameter
  { ...sums, end: (reason: string) => console.log(reason) },
];

// @ts-expect-error a kind needs perform
export const withoutPerform: Kind<Sums> = { name: 'sums', url, requestOfTask };

export const wrongRequest: Kind<Sums> = {
  name: 'sums',
  url,
  // @ts-expect-error a request is a list of numbers
  requestOfTask: () => 'numbers',
  perform,
};

export const wrongResponse: Kind<Sums> = {
  name: 'sums',
  url,
  requestOfTask,
  // @ts-expect-error a response is a number
  perform: async () => 'a text',
};

const base = { name: 'sums', url, requestOfTask, perform };

// @ts-expect-error without useResponse nothing gives the result and the competence that the types name
export const withoutVerdicts: Kind<Sums> = base;

interface OnlyResult {
  task: number;
  request: number;
  response: number;
  result: string;
}

// @ts-expect-error without useResponse the result would be the response
export const withoutResult: Kind<OnlyResult> = { name: 'r', url, requestOfTask: (_s, n) => n, perform: (n) => n };

interface OnlyCompetence {
  task: number;
  request: number;
  response: number;
  competence: string;
}

// @ts-expect-error without useResponse nothing is learnt
export const withoutLearning: Kind<OnlyCompetence> = { name: 'c', url, requestOfTask: (_s, n) => n, perform: (n) => n };

/** A typed pool can be named as a member of a class. */
export class Keeper {
  readonly #pool: PoolOf<Sums>;

  constructor(pool: PoolOf<Sums>) {
    this.#pool = pool;
  }

  add(numbers: readonly number[]): Promise<string> {
    // @ts-expect-error a task of another shape
    void this.#pool.run(numbers);
    return this.#pool.run({ numbers });
  }
}

export const keeper = new Keeper(createPool(sums));

export const wrongCompetence: Kind<Sums> = {
  ...base,
  // @ts-expect-error stay needs a competence of the kind
  useResponse: () => ({ type: 'stay', competence: 'anything' }),
};

export const noCompetence: Kind<Sums> = {
  ...base,
  // @ts-expect-error stay needs a competence
  useResponse: () => ({ type: 'stay', result: '1' }),
};

export const wrongVerdict: Kind<Sums> = {
  ...base,
  // @ts-expect-error there is no such verdict
  useResponse: () => ({ type: 'leave' }),
};

export const wrongFollowUp: Kind<Sums> = {
  ...base,
  // @ts-expect-error a follow-up is a task
  useResponse: () => ({ type: 'end', tasks: [[1, 2]] }),
};

export const wrongResult: Kind<Sums> = {
  ...base,
  // @ts-expect-error a result is a text
  useResponse: () => ({ type: 'end', result: 1 }),
};

export const wrongHook: Kind<Sums> = {
  ...base,
  // @ts-expect-error the only answer is 'retry'
  onTaskCancellationOrExpirationOrWorkerDeath: () => 'again',
};

export async function use(): Promise<void> {
  const pool: Pool<Sums['task'], Sums['competence'], string, Sums['feedback']> = createPool(sums);
  const result: string = await pool.run({ numbers: [1] }, { onFeedback: ({ done }) => done.toFixed() });
  // @ts-expect-error a result is a text
  const wrong: number = await pool.run({ numbers: [1] });
  // @ts-expect-error a task of another shape
  pool.run([1]);
  // @ts-expect-error a feedback of another shape
  pool.forwardFeedback(1);
  // @ts-expect-error tasks of another shape
  pool.map([1, 2]);
  // @ts-expect-error an order compares tasks
  pool.setOrder((a, b) => a - b);
  // @ts-expect-error there is no such option
  createPool(sums, { sise: 1 });
  pool.workers[0]?.competence?.limit.toFixed();
  for await (const each of pool.map([{ numbers: [1] }])) each.toUpperCase();
  void [result, wrong];
}

interface Plain {
  task: string;
  request: string;
  response: number;
}

const plain: Kind<Plain> = {
  name: 'plain',
  url,
  requestOfTask: (_status, task) => task,
  perform: (text) => text.length,
};

export async function usePlain(): Promise<void> {
  // Tasks of a kind without a result type resolve with the response.
  const length: number = await createPool(plain).run('text');
  // @ts-expect-error the response is a number
  const text: string = await createPool(plain).run('text');
  void [length, text];
}
