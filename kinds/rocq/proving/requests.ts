import type { WorkerStatus } from '../../kind.ts';
import type { RocqRequest, SpineRequest } from '../session/messages.ts';
import { hashOf, isDelegated, textsOf } from '../text/document.ts';
import type { RocqCompetence, RocqTask } from './tasks.ts';
import { isAboutHeld } from './tasks.ts';

type Status = WorkerStatus<RocqCompetence>;
type OnDocument = Extract<RocqTask, { segment: number }>;

/** Returns the request for a task; `undefined` if its segment can no longer be reached. */
export function requestOf(status: Status, task: RocqTask): RocqRequest | undefined {
  if (isAboutHeld(task)) {
    if (task.type === 'states') return { type: 'states', key: task.key, release: task.release ?? false };
    if (task.type === 'release') return { type: 'release', key: task.key };
    return { type: 'repair', key: task.key, script: task.script, ...limitOf(task) };
  }
  if (task.type === 'compile') {
    const { type, command, folder } = task;
    return { type, command, ...(folder === undefined ? {} : { folder }) };
  }
  const { document, segment } = task;
  if (segment > document.limit) return undefined;
  const spine = spineOf(status, task);
  if (task.type === 'spine') return { type: 'spine', ...spine };
  const script = textsOf(document, segment);
  if (task.type === 'query') {
    return { type: 'query', text: task.text, script: script.slice(0, task.sentences ?? 0), ...spine };
  }
  if (task.type === 'goals') return { type: 'goals', script: script.slice(0, task.sentences), ...spine };
  if (task.type === 'prove') {
    const [before, hash] = document.chain.slice(segment, segment + 2) as [string, string];
    const hold = task.goals === true || task.hold === true;
    const uses = document.uses.get(segment);
    const proof = { key: task.key, script, hash, hashJoined: hashOf([before, ...script]), hold };
    return { type: 'prove', ...proof, ...(uses === undefined ? {} : { uses }), ...spine };
  }
  return { type: 'try', script: script.slice(0, task.sentences), candidates: task.candidates, ...spine };
}

/** Returns the part of the spine that the worker keeps, and the part that it lacks. */
function spineOf(status: Status, task: OnDocument): SpineRequest {
  const { document, segment } = task;
  const chain = status.type === 'old' ? status.competence.chain : [];
  let keep = 0;
  while (keep <= segment && keep < chain.length && chain[keep] === document.chain[keep]) keep++;
  const base = keep === 0 ? undefined : chain[keep - 1];
  const first = Math.max(0, keep - 1);
  return {
    options: document.options,
    root: document.chain[0] as string,
    keep,
    ...(base === undefined ? {} : { base }),
    push: document.spine.slice(first, segment).map((texts, i) => ({
      hash: document.chain[first + i + 1] as string,
      segment: first + i,
      texts,
      admitted: isDelegated(document, first + i) || document.broken.has(first + i),
      asked: document.asked.has(first + i) && !isDelegated(document, first + i) && !document.broken.has(first + i),
    })),
    ...limitOf(task),
  };
}

function limitOf({ timeoutMs }: { readonly timeoutMs?: number }): { timeoutMs?: number } {
  return timeoutMs === undefined ? {} : { timeoutMs };
}
