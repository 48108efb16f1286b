import { relative } from 'node:path';
import type { Kind } from './kind.ts';
import { typescriptExamples } from './typescript/checking/examples.ts';
import { requestOf } from './typescript/checking/requests.ts';
import { typescriptSessionOf } from './typescript/checking/sessions.ts';
import type { TypescriptTask, TypescriptTypes } from './typescript/checking/tasks.ts';
import { useTypescriptResponse } from './typescript/checking/verdicts.ts';
import { typescriptCodeOf } from './typescript/engine/errors.ts';

export type {
  TypescriptCompetence,
  TypescriptRequest,
  TypescriptResponse,
  TypescriptResult,
  TypescriptTask,
  TypescriptTypes,
  TypescriptVitals,
} from './typescript/checking/tasks.ts';
export { TypescriptError, type TypescriptErrorCode } from './typescript/engine/errors.ts';
export type { FileChange } from './typescript/engine/project-server.ts';
export type { TypescriptDiagnostic } from './typescript/engine/raw-diagnostics.ts';

// The tasks whose worker has already died once: on a retry the pool puts the same object back into its queue.
const hit = new WeakSet<TypescriptTask>();

/**
 * Checks the types of projects on warm servers. Each worker runs one server (`tsc --lsp` of the package typescript, from
 * version 7), which holds one project: that is the worker's competence. A task goes to a worker whose server holds its
 * project; if there is none, a free worker replaces its server. Diagnostics are those of `tsc -p PROJECT --noEmit`.
 *
 * The server checks only what has changed since its last answer: `texts` are files that are open in an editor, `changes` are
 * changes on the disk. A server that dies is replaced, and its task is done again.
 *
 * OCaml: none; a task stays close to what its worker has loaded, as in `ProofTask` (stm/stm.ml).
 *
 * @example
 * import { resolve } from 'node:path';
 * import { createPool } from 'statepool';
 * import { typescript } from 'statepool/kinds';
 *
 * await using pool = createPool(typescript, { size: 2 });
 * const result = await pool.run({ type: 'project', project: resolve('tsconfig.json') });
 * if (result.type === 'diagnostics') for (const { file, line, message } of result.diagnostics) console.log(file, line, message);
 */
const typescript: Kind<TypescriptTypes> = {
  name: 'typescript',
  url: import.meta.url,

  affinity: ({ project }) => project,
  affinityMode: 'prefer',
  affinityOfCompetence: ({ project }) => project,

  requestOfTask: requestOf,
  useResponse: useTypescriptResponse,

  /** Ends a worker whose servers die. */
  onPerformError: (_status, _task, error) =>
    typescriptCodeOf(error) === 'TYPESCRIPT_DIED' ? { type: 'end', error } : undefined,

  onTaskCancellationOrExpirationOrWorkerDeath(task, reason): void | 'retry' {
    if (task === undefined || reason.code !== 'WORKER_DIED' || hit.has(task)) return;
    hit.add(task);
    return 'retry';
  },

  perform: (request, { workerId, signal }) => typescriptSessionOf(workerId).perform(request, signal),

  nameOfTask: (task) => `${task.type} ${relative('', task.type === 'file' ? task.file : task.project)}`,
  nameOfRequest: ({ type, project }) => `${type} ${relative('', project)}`,
  viewOfCompetence: ({ project }) => relative('', project),

  examples: typescriptExamples,
};

export default typescript;
