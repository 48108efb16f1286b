import { StatepoolError } from '../../actors/index.ts';
import type { AnyKind } from '../../actors/inspection.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';

/** The longest name, in characters. A longer one is cut. */
const LONGEST_NAME = 100;
/** The longest view of a competence, in characters of JSON. A longer one is not shown. */
const LONGEST_VIEW = 1000;

/**
 * Returns a task's name from its kind; `undefined` if the kind has no `nameOfTask`, because the task itself is private.
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

/**
 * Returns the part of a competence that the kind shows, as plain JSON; `undefined` if it shows nothing. Never throws.
 */
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

/** A code as Node and its packages write it. */
const CODE = /^[A-Z][A-Z0-9_]{1,39}$/;

/**
 * Returns the code of a task's error: ours, or one such as `ENOENT`; for an error of `perform`, both. Any other error is just an `error`: its name and
 * its message are the kind's own.
 */
export function shownCode(error: unknown): string {
  const code: unknown = (error as { readonly code?: unknown } | null | undefined)?.code;
  if (error instanceof StatepoolError) {
    const cause = error.code === 'PERFORM' ? shownCode(error.cause) : 'error';
    return cause === 'error' ? error.code : `${error.code} ${cause}`;
  }
  return typeof code === 'string' && CODE.test(code) ? code : 'error';
}

/** Returns how a worker ended, in a few words, without any of its output. */
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
