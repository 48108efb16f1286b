import type { Kind } from '../../kinds/kind.ts';

/**
 * A task of the ledger: `open` is for every worker, `note` for a worker that knows its page, `stale` only for a worker
 * that does not.
 */
interface LedgerTask {
  readonly do: 'open' | 'note' | 'stale';
}

/** The competence of a ledger worker. Each verdict makes a new object with another page. */
interface Page {
  readonly page: 'left' | 'right';
}

/** The types of the ledger. */
interface LedgerTypes {
  task: LedgerTask;
  request: { readonly do: string; readonly page: string };
  response: 'turned' | 'noted' | 'twice' | 'wrong' | 'full';
  competence: Page;
  result: string;
}

const other = { left: 'right', right: 'left' } as const;

/**
 * A kind that does everything that the worker's machine allows a kind to do. Its competence changes at every verdict.
 * Verdicts make no, one or two follow-ups, whether the worker stays or ends. Thrown errors end some workers, change
 * others and leave others alone. Tasks expire on old workers. Some tasks are retried when their worker dies.
 */
export const ledger: Kind<LedgerTypes> = {
  name: 'ledger',
  url: import.meta.url,
  taskMatch: (status, task) => task.do !== 'note' || status.type === 'old',
  requestOfTask(status, task) {
    if (task.do === 'stale' && status.type === 'old') return undefined;
    return { do: task.do, page: status.type === 'old' ? status.competence.page : 'none' };
  },
  useResponse(status, task, response) {
    const competence: Page = { page: status.type === 'old' ? other[status.competence.page] : 'left' };
    if (response === 'full') return { type: 'end', tasks: [{ do: 'open' }], result: 'full' };
    if (response === 'wrong') return { type: 'stay', competence, error: new Error(`${task.do} was wrong`) };
    const tasks: LedgerTask[] = response === 'twice' ? [{ do: 'note' }, { do: 'open' }] : [{ do: 'note' }];
    return { type: 'stay', competence, result: response, ...(response === 'turned' ? {} : { tasks }) };
  },
  onPerformError(status, task, error) {
    if (task.do === 'open') return undefined;
    if (task.do === 'stale' || status.type === 'fresh') return { type: 'end', error };
    return { type: 'stay', competence: { page: other[status.competence.page] } };
  },
  onTaskCancellationOrExpirationOrWorkerDeath: (task, reason) =>
    task?.do === 'note' && reason.code === 'WORKER_DIED' ? 'retry' : undefined,
  perform: () => 'turned',
  nameOfTask: (task) => task.do,
  examples: {
    tasks: { open: () => ({ do: 'open' }), note: () => ({ do: 'note' }), stale: () => ({ do: 'stale' }) },
    responses: {
      turned: { to: '*', make: () => 'turned' },
      noted: { to: ['open'], make: () => 'noted' },
      twice: { to: ['open'], make: () => 'twice' },
      wrong: { to: ['note'], make: () => 'wrong' },
      full: { to: ['open', 'note'], make: () => 'full' },
    },
    classOfTask: (task) => task.do,
    classOfCompetence: ({ page }) => page,
  },
};
