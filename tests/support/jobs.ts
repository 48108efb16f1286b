import type { Kind, Verdict, WorkerStatus } from 'statepool';

/** A task of the kind in tests/fixtures/jobs.js: the work of its worker, and the verdict of the master. */
export interface Job {
  readonly do: string;
  /** Makes the verdict on its response; without it the worker stays, and the response is the result. */
  readonly verdict?: ((response: unknown, status: WorkerStatus) => Verdict<Job>) | undefined;
  readonly [part: string]: unknown;
}

/** A feedback to or from the workers of tests/fixtures/jobs.js. */
export type Note = Readonly<Record<string, unknown>>;

/** The types of the kind in tests/fixtures/jobs.js. */
export interface JobTypes {
  task: Job;
  request: unknown;
  response: unknown;
  competence: unknown;
  result: unknown;
  feedback: Note;
}

/** Returns the URL of a fixture. */
export function fixture(path: string): string {
  return new URL(`../fixtures/${path}`, import.meta.url).href;
}

/** The functions of the kind that run in the worker, for pools with inline workers. */
const { default: inWorker }: { default: Kind<JobTypes> } = await import(fixture('jobs.js'));

/** Makes the kind in tests/fixtures/jobs.js, with the master's functions of a test. */
export function jobs(functions: Partial<Kind<JobTypes>> = {}): Kind<JobTypes> {
  return {
    ...inWorker,
    requestOfTask: (_status, { verdict, ...request }) => request,
    useResponse: (status, task, response) =>
      task.verdict?.(response, status) ?? { type: 'stay', competence: undefined, result: response },
    nameOfTask: (task) => String(task.key ?? task.do),
    ...functions,
  };
}

/** Makes a task that reports its begin and waits for its gate: see `open`. */
export function hold(key: string, more: Partial<Job> = {}): Job {
  return { do: 'hold', key, value: key, ...more };
}

/** Makes a task that answers with a value. */
export function echo(value: unknown, more: Partial<Job> = {}): Job {
  return { do: 'echo', value, ...more };
}
