import type { AnyKind } from '../../actors/inspection.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';

/** Longer names are cut. In characters. */
const LONGEST_NAME = 100;
/** Larger views of a competence are not shown. In characters of JSON. */
const LONGEST_VIEW = 1000;

/**
 * A task's name, where its kind has the hook; `undefined` where it has none, for the task itself is nobody's business.
 * Never throws.
 */
export function shownName(kind: AnyKind, task: unknown): string | undefined {
  if (kind.nameOfTask === undefined) return undefined;
  try {
    const name = String(kind.nameOfTask(task));
    return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  } catch {
    return '(nameOfTask threw)';
  }
}

/** What the kind lets be seen of a competence, as plain JSON; `undefined` where it shows nothing. Never throws. */
export function shownCompetence(kind: AnyKind, competence: unknown): unknown {
  if (kind.viewOfCompetence === undefined) return undefined;
  try {
    const text = JSON.stringify(kind.viewOfCompetence(competence));
    if (text === undefined) return undefined;
    return text.length > LONGEST_VIEW ? `(a view of more than ${LONGEST_VIEW} characters)` : JSON.parse(text);
  } catch {
    return '(viewOfCompetence threw)';
  }
}

/** How a worker came to its end, in a few words: nothing that it has said or written. */
export function wordsOf({ reason, exitCode, signal }: WorkerExit): string {
  switch (reason) {
    case 'oom':
      return 'out of memory';
    case 'uncaught':
      return 'an uncaught error';
    case 'spawn':
      return 'it could not start';
    case 'handshake':
      return 'it is of another kind or version';
    case 'killed':
      return 'ended by the pool';
    case 'disconnect':
      return 'it closed its channel';
    case 'garbled':
      return 'it wrote something other than messages on its message channel';
    default:
      return signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
  }
}
