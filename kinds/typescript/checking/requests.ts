import type { WorkerStatus } from '../../kind.ts';
import type { TypescriptCompetence, TypescriptRequest, TypescriptTask } from './tasks.ts';

/** Returns the request for a task: only a server with the same project gets changes, since a new one reads the disk. */
export function requestOf(status: WorkerStatus<TypescriptCompetence>, task: TypescriptTask): TypescriptRequest {
  const { project, texts = {}, changes = [] } = task;
  const isHeld = status.type === 'old' && status.competence.project === project;
  const rest = {
    project,
    texts,
    changes: isHeld ? changes.slice(status.competence.seen) : [],
    seen: changes.length,
  };
  if (task.type === 'project') return { type: 'project', ...rest };
  if (task.type === 'file') return { type: 'file', file: task.file, ...rest };
  return { type: 'query', method: task.method, params: task.params, ...rest };
}
