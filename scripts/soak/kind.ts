import type { Kind } from 'statepool';
import { chores, type SoakTask } from './chores.ts';
import type { Hook, Setting, SoakTypes } from './soak-pool.ts';

const { default: inWorker } = (await import(new URL('worker.js', import.meta.url).href)) as {
  default: Kind<SoakTypes>;
};

/** Makes the kind of one pool. Its hooks report every call to the ledger, and to `at`. */
export function kindOf(
  { ledger, url }: Setting,
  at: (hook: Hook, task?: SoakTask) => void,
  isRetrying: boolean,
  more: Partial<Kind<SoakTypes>>,
): Kind<SoakTypes> {
  const { url: _url, ...rest } = inWorker;
  return {
    ...rest,
    ...more,
    url,
    extraEnv() {
      at('extraEnv');
      return {};
    },
    taskMatch(_status, task) {
      at('taskMatch', task);
      return true;
    },
    requestOfTask(_status, task) {
      at('requestOfTask', task);
      return task.chore === 'stale' ? undefined : task;
    },
    useResponse(_status, task, response) {
      ledger.use(task);
      // The follow-up is accepted together with its verdict, or not at all. No act may come between the two.
      if (task.chore !== 'follow') at('useResponse', task);
      const stay = { type: 'stay', competence: task.value, result: response } as const;
      switch (task.chore) {
        case 'trip':
          throw new Error('the hook of the kind stumbles');
        case 'refuse':
          return { ...stay, error: Object.assign(new Error('it is refused'), { code: 'REFUSED' }) };
        case 'end':
          return { type: 'end', result: response };
        case 'follow': {
          const next: SoakTask = { id: ledger.nextId(), chore: 'echo', value: task.value + 1 };
          ledger.open(next, false);
          return { ...stay, tasks: [next] };
        }
        default:
          return stay;
      }
    },
    onPerformError(_status, task) {
      at('onPerformError', task);
      return undefined;
    },
    onMarshalError(_message, task) {
      at('onMarshalError', task);
    },
    onTaskCancellationOrExpirationOrWorkerDeath(task, reason) {
      ledger.noteDeath(reason);
      const isTriedAgain = isRetrying && reason.code === 'WORKER_DIED' && isRetried(task);
      if (task !== undefined) {
        if (isTriedAgain) ledger.retry(task);
        else ledger.endWithoutVerdict(task);
      }
      at('onTaskCancellationOrExpirationOrWorkerDeath', task);
      return isTriedAgain ? 'retry' : undefined;
    },
    forwardFeedback(feedback, task) {
      ledger.note(task, feedback);
      at('forwardFeedback', task);
    },
  };
}

function isRetried(task: SoakTask | undefined): boolean {
  const chore = task && chores[task.chore];
  return chore !== undefined && (chore.isRetried ?? !chore.isFault);
}
