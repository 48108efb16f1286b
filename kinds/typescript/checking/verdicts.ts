import type { Verdict, WorkerStatus } from '../../kind.ts';
import type { TypescriptCompetence, TypescriptResponse, TypescriptResult, TypescriptTask } from './tasks.ts';

const MAX_RSS = 1.5e9;

/** Returns the verdict on a response: the worker stays with its project, or ends if its server has grown too large. */
export function useTypescriptResponse(
  _status: WorkerStatus<TypescriptCompetence>,
  { project, maxRss = MAX_RSS }: TypescriptTask,
  { seen, ...result }: TypescriptResponse,
): Verdict<TypescriptTask, TypescriptCompetence, TypescriptResult> {
  if (result.rss > maxRss) return { type: 'end', result };
  return { type: 'stay', competence: { project, seen }, result };
}
