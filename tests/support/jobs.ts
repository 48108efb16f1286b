import type { Kind, Verdict, WorkerStatus } from 'statepool';

/** A task of the kind in tests/fixtures/jobs.js: what its worker shall do, and what the master makes of its response. */
export interface Job {
  readonly do: string;
  /** The verdict on its response; without one its worker stays, and the response is the result. */
  readonly verdict?: ((response: unknown, status: WorkerStatus) => Verdict<Job>) | undefined;
  readonly [part: string]: unknown;
}

/** What the workers of tests/fixtures/jobs.js send, and get. */
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

/** The URL of a fixture. */
export function fixture(path: string): string {
  return new URL(`../fixtures/${path}`, import.meta.url).href;
}

/** What the worker makes of it, for pools without workers. */
const { default: inWorker }: { default: Kind<JobTypes> } = await import(fixture('jobs.js'));

/** The kind in tests/fixtures/jobs.js, with the master's functions that a test gives it. */
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

/** A task that says when it begins and waits for its gate: see `open`. */
export function hold(key: string, more: Partial<Job> = {}): Job {
  return { do: 'hold', key, value: key, ...more };
}

/** A task that answers with a value. */
export function echo(value: unknown, more: Partial<Job> = {}): Job {
  return { do: 'echo', value, ...more };
}
