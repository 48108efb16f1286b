import {
  bodyOf,
  decodeError,
  describe,
  type EncodedError,
  marshalPath,
  outcomeOf,
  outcomeText,
  type SavedOptions,
  textOf,
  valueIn,
} from '../actors/tooling.ts';
import { FleetError } from './errors.ts';

/** The largest task, result or feedback by default, as text. In bytes. */
export const MAX_BYTES = 1 << 20;

/** A task and the options that go with it. */
export interface OpenTask {
  readonly task: unknown;
  readonly kept: SavedOptions;
}

/** The end of a task: with a result, or with an error as its node made it. */
export type OpenOutcome = { readonly result: unknown } | { readonly error: unknown };

/**
 * Returns a task and its options as the text of an envelope's body. `$clone` in it stands for what JSON cannot restore.
 *
 * @throws {FleetError} MARSHAL_TASK if the task cannot cross to another machine, TOO_LARGE if the text is longer than
 * `maxBytes`
 */
export function sealTask(task: unknown, kept: SavedOptions = {}, maxBytes = MAX_BYTES): string {
  return checkSize(`[${marshalled('task', task, () => bodyOf(task, kept))}]`, 'task', task, maxBytes);
}

/** Returns the task and the options in a text of `sealTask`. */
export function openTask(body: string): OpenTask {
  const [task, kept = {}] = JSON.parse(body) as [unknown, SavedOptions?];
  return { task: valueIn(task), kept };
}

/**
 * Returns the end of a task as text. Never throws: a result that cannot cross, or is too large, becomes an error that
 * names its largest member.
 */
export function sealOutcome(
  end: { readonly result?: unknown; readonly error?: unknown },
  maxBytes = MAX_BYTES,
): string {
  const text = outcomeText(end);
  if ('error' in end) return byteLength(text) <= maxBytes ? text : outcomeText({ error: shortened(end.error) });
  try {
    return checkSize(text, 'result', end.result, maxBytes);
  } catch (error) {
    return outcomeText({ error });
  }
}

/** Returns the end of a task in a text of `sealOutcome`. */
export function openOutcome(text: string): OpenOutcome {
  const outcome = outcomeOf(text);
  if ('result' in outcome) return outcome;
  if ('error' in outcome) return { error: decodeError(outcome.error as EncodedError) };
  const message = `the result cannot cross to another machine: ${outcome.lost} cannot be cloned`;
  return { error: new FleetError('MARSHAL_TASK', message, { path: outcome.lost }) };
}

/**
 * Returns a feedback as text. @throws {FleetError} MARSHAL_TASK if it cannot cross to another machine, TOO_LARGE if the
 * text is longer than `maxBytes`
 */
export function sealFeedback(feedback: unknown, maxBytes = MAX_BYTES): string {
  return checkSize(
    marshalled('feedback', feedback, () => textOf(feedback)),
    'feedback',
    feedback,
    maxBytes,
  );
}

/** Returns the feedback in a text of `sealFeedback`. */
export function openFeedback(text: string): unknown {
  return valueIn(JSON.parse(text));
}

function marshalled(what: string, value: unknown, write: () => string): string {
  try {
    return write();
  } catch (cause) {
    const path = marshalPath(value, what);
    const message = `the ${what} cannot cross to another machine: ${path} cannot be cloned; send plain data`;
    throw new FleetError('MARSHAL_TASK', message, { cause, path });
  }
}

function checkSize(text: string, what: string, value: unknown, maxBytes: number): string {
  const bytes = byteLength(text);
  if (bytes <= maxBytes) return text;
  const path = largestPath(value, what);
  const remedy = `send a reference to it, or raise maxBytes (${maxBytes})`;
  throw new FleetError('TOO_LARGE', `the ${what} has ${bytes} bytes as text, most of them in ${path}: ${remedy}`, {
    path,
  });
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** Returns the path to the smallest member that still holds most of the value, as a program would write it. */
export function largestPath(value: unknown, root: string): string {
  let path = root;
  let part = value;
  let size = sizeOf(part);
  for (;;) {
    const members = membersOf(part).map(([step, member]) => ({ step, member, size: sizeOf(member) }));
    const [largest] = members.sort((a, b) => b.size - a.size);
    if (largest === undefined || largest.size * 2 < size) return path;
    path += largest.step;
    part = largest.member;
    size = largest.size;
  }
}

function membersOf(value: unknown): Array<readonly [string, unknown]> {
  if (Array.isArray(value)) return value.map((part, i) => [`[${i}]`, part]);
  if (typeof value !== 'object' || value === null) return [];
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return [];
  return Object.entries(value).map(([key, part]) => [
    /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
    part,
  ]);
}

function sizeOf(value: unknown): number {
  try {
    return value === undefined ? 0 : textOf(value).length;
  } catch {
    return 0;
  }
}

/** Returns an error without its long parts. */
function shortened(error: unknown): Error {
  const { name, message, code } = Object(error) as { name?: unknown; message?: unknown; code?: unknown };
  const short = new Error(String(message ?? describe(error)).slice(0, 1000));
  Object.defineProperty(short, 'name', { value: String(name ?? 'Error').slice(0, 100), configurable: true });
  return code === undefined ? short : Object.assign(short, { code: String(code).slice(0, 100) });
}
