import { AsyncLocalStorage } from 'node:async_hooks';
import type { EndReason, Kind, Pool } from 'statepool';
import { echo, type JobTypes, jobs } from '../../support/jobs.ts';
import { code } from '../../support/outcome.ts';
import { onEveryHost } from '../../support/pool.ts';

onEveryHost("a task's hooks run in the context of its caller, the pool's own hooks in no context", async (t, open) => {
  const tenant = new AsyncLocalStorage<string>();
  const seen: [hook: string, owner: unknown, context: string | undefined][] = [];
  const note = (hook: string, owner: unknown) => seen.push([hook, owner, tenant.getStore()]);
  const kind: Kind<JobTypes> = jobs({
    extraEnv() {
      note('extraEnv', undefined);
      return {};
    },
    taskMatch() {
      note('taskMatch', undefined);
      return true;
    },
    requestOfTask(_status, { verdict, ...request }) {
      note('requestOfTask', request.owner);
      if (request.expires) return undefined;
      return request.cannotBeCloned ? { ...request, deep: () => {} } : request;
    },
    useResponse(_status, task, result) {
      note('useResponse', task.owner);
      const tasks = task.do === 'report' ? [echo(0, { owner: task.owner })] : [];
      return { type: 'stay', competence: undefined, result, tasks };
    },
    onPerformError: (_status, task) => void note('onPerformError', task.owner),
    onMarshalError: (_message, task) => void note('onMarshalError', task.owner),
    onTaskCancellationOrExpirationOrWorkerDeath(task, _reason: EndReason) {
      note('onEnd', task?.owner);
    },
    forwardFeedback: (_feedback, task) => void note('forwardFeedback', task.owner),
  });
  let made: Pool<JobTypes['task'], unknown, unknown, JobTypes['feedback']> | undefined;
  const handle = (owner: string) =>
    tenant.run(owner, async () => {
      if (made === undefined) {
        made = open(kind, { size: 2 });
        for (const event of ['task', 'feedback', 'worker', 'idle'] as const)
          made.on(event, () => note(event, undefined));
      }
      const pool = made;
      const options = { onFeedback: () => note('onFeedback', owner) };
      await pool.run({ do: 'report', notes: [{ n: 1 }], owner }, options);
      await code(pool.run({ do: 'throw', what: 'type', owner }));
      await code(pool.run(echo(1, { owner, cannotBeCloned: true })));
      await code(pool.run(echo(1, { owner, expires: true })));
      t.is(tenant.getStore(), owner);
    });
  await handle('alice');
  await Promise.all(['bob', 'carol', 'dave'].map(handle));
  await made?.join();
  const wrong = seen.filter(([, owner, context]) => context !== owner);
  t.deepEqual(wrong, []);
  const hooks = new Set(seen.map(([hook]) => hook));
  for (const hook of [
    'extraEnv',
    'taskMatch',
    'onFeedback',
    'onPerformError',
    'onMarshalError',
    'onEnd',
    'task',
    'idle',
  ]) {
    t.true(hooks.has(hook), hook);
  }
});
