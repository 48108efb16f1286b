import { type EncodedError, encodeError } from '../errors/error-codec.ts';
import { marshalPath } from '../errors/marshal-path.ts';
import { textOf, valueIn } from './values.ts';

/** The name and the version in the first line of a journal. */
const NAME = 'statepool';
const VERSION = 1;

/** The approximate size of a line without its body, in bytes. */
export const FRAME = 30;

/** The id of a task in a journal: the caller's, or a number if the caller gave none. */
export type TaskId = string | number;

/** The options of a task that outlive its process. */
export interface SavedOptions {
  readonly priority?: number;
  readonly timeout?: number;
  readonly queueTimeout?: number;
  /** Is true if a verdict created the task. */
  readonly followUp?: true;
  readonly attempts?: number;
  readonly backoff?: number | object;
  /** The number of failed attempts. */
  readonly failed?: number;
}

/** A task that was accepted and has not settled, as read from the file. */
export interface Submission {
  readonly id: TaskId;
  /** The task and its options, as text in the file. */
  readonly body: string;
  readonly task: unknown;
  readonly kept: SavedOptions;
}

/** A task that was accepted and has not settled. */
export class PendingRecord {
  readonly id: TaskId;
  /** The task and its options, as text in the file. */
  readonly body: string;
  /** The entry of the task in this process. `undefined` if the task ended, but its outcome could not be written. */
  owner: unknown;
  /** The progress of the record: `reserved` means that its verdict is not buffered yet. */
  place: 'reserved' | 'buffered' | 'written';
  /** The number of failed attempts that are written. */
  failed = 0;
  /** The follow-ups that its verdict has created. */
  followUps: readonly PendingRecord[] = [];

  constructor(id: TaskId, body: string, owner: unknown, place: PendingRecord['place']) {
    this.id = id;
    this.body = body;
    this.owner = owner;
    this.place = place;
  }

  /** Counts a failed attempt at the task, and returns its line. */
  failedLine(): string {
    return failedLine(this.id, ++this.failed);
  }
}

/** The tasks of a journal that have not settled, by id. */
export class PendingRecords {
  readonly #records = new Map<TaskId, PendingRecord>();
  /** The approximate size of their lines, in bytes. */
  bytes = 0;

  get size(): number {
    return this.#records.size;
  }

  get(id: TaskId): PendingRecord | undefined {
    return this.#records.get(id);
  }

  /** Returns whether this very record is pending: another task may have its id by now. */
  has(record: PendingRecord): boolean {
    return this.#records.get(record.id) === record;
  }

  add(record: PendingRecord): void {
    if (this.has(record)) return;
    this.#records.set(record.id, record);
    this.bytes += record.body.length + FRAME;
  }

  delete(record: PendingRecord): void {
    if (!this.has(record)) return;
    this.#records.delete(record.id);
    this.bytes -= record.body.length + FRAME;
  }

  /** Yields the lines of the records that are written. */
  *lines(): Generator<string> {
    for (const { id, body, place, failed } of this.#records.values()) {
      if (place !== 'written') continue;
      yield submittedLine(id, body);
      if (failed > 0) yield failedLine(id, failed);
    }
  }
}

/**
 * The outcome of a task. `lost`: it succeeded, but its result could not be written; the text is the path to the fault.
 */
export type Outcome = { readonly result: unknown } | { readonly error: EncodedError } | { readonly lost: string };

/** A line of a journal. `outcome` is the text in the line. */
export type JournalRecord =
  | { readonly type: 'submitted'; readonly submission: Submission }
  /** A failed attempt at a task that has another one: `failed` is the number of them. */
  | { readonly type: 'failed'; readonly id: TaskId; readonly failed: number }
  /** A task that has settled, and its follow-ups. They share one line, so neither is accepted without the other. */
  | {
      readonly type: 'settled';
      readonly id: TaskId;
      readonly outcome: string;
      readonly followUps: readonly Submission[];
    }
  /** A task that had settled when the journal was compacted. */
  | { readonly type: 'known'; readonly id: TaskId; readonly outcome: string };

/** Returns the first line of a journal. */
export function headLine(kind: string): string {
  return `${JSON.stringify({ journal: NAME, version: VERSION, kind })}\n`;
}

/** Returns the problem with a first line, or `undefined` if the line is this kind's. */
export function problemOfHead(line: string, kind: string): string | undefined {
  let head: { journal?: unknown; version?: unknown; kind?: unknown } | null | undefined;
  try {
    head = JSON.parse(line);
  } catch {}
  if (typeof head !== 'object' || head === null || head.journal !== NAME) return 'it is not a journal of statepool';
  if (head.version !== VERSION) return `it is of version ${String(head.version)}, and this is version ${VERSION}`;
  return head.kind === kind ? undefined : `it holds tasks of the kind ${String(head.kind)}, not of ${kind}`;
}

/** Returns a task and its options as JSON text, without its id. @throws the error of a structured clone */
export function bodyOf(task: unknown, kept: SavedOptions): string {
  for (const _ in kept) return `${textOf(task)},${JSON.stringify(kept)}`;
  return textOf(task);
}

/** Returns the line of a task that is accepted. `body` comes from `bodyOf`. */
export function submittedLine(id: TaskId, body: string): string {
  return lineOf(`,"s",${JSON.stringify(id)},${body}]`);
}

/** Returns the line of a task that has failed so many times and has another attempt. */
function failedLine(id: TaskId, failed: number): string {
  return lineOf(`,"f",${JSON.stringify(id)},${failed}]`);
}

/** Returns the line of a task that has settled, with the ids and bodies of its follow-ups. */
export function settledLine(
  id: TaskId,
  outcome: string,
  followUps: ReadonlyArray<{ readonly id: TaskId; readonly body: string }>,
): string {
  const list = followUps.map((each) => `[${JSON.stringify(each.id)},${each.body}]`);
  return lineOf(`,"d",${JSON.stringify(id)},${outcome}${list.length === 0 ? '' : `,[${list.join(',')}]`}]`);
}

/** Returns the line of a task whose outcome a compaction keeps. `outcome` comes from `outcomeText`. */
export function knownLine(id: TaskId, outcome: string): string {
  return lineOf(`,"k",${JSON.stringify(id)},${outcome}]`);
}

/** Returns a JSON array whose first element is the checksum of the rest. */
/** Loads `node:zlib` with the first checksum: programs without a journal start sooner. */
function crc32(text: string): number {
  zlib ??= process.getBuiltinModule('node:zlib');
  return zlib.crc32(text);
}

let zlib: typeof import('node:zlib') | undefined;

function lineOf(rest: string): string {
  return `[${crc32(rest)}${rest}\n`;
}

/** Returns an outcome as JSON text. Never throws: a result that cannot be written is recorded as lost. */
export function outcomeText(end: { readonly result: unknown } | { readonly error: unknown }): string {
  if ('error' in end) return `{"error":${textOf(encodeError(end.error))}}`;
  try {
    return end.result === undefined ? '{}' : `{"result":${textOf(end.result)}}`;
  } catch {
    return JSON.stringify({ lost: marshalPath(end.result, 'result') });
  }
}

/** Returns the outcome in a text of `outcomeText`. */
export function outcomeOf(text: string): Outcome {
  const { error, lost, result } = JSON.parse(text) as { error?: unknown; lost?: string; result?: unknown };
  if (error !== undefined) return { error: valueIn(error) as EncodedError };
  return lost === undefined ? { result: valueIn(result) } : { lost };
}

/** Returns the record in a line, or `undefined` if the line is no record, or not as it was written. */
export function recordOf(line: string): JournalRecord | undefined {
  const comma = line.indexOf(',');
  if (comma < 0 || line.slice(1, comma) !== String(crc32(line.slice(comma)))) return undefined;
  try {
    return recordIn(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function recordIn(parts: unknown): JournalRecord | undefined {
  if (!Array.isArray(parts)) return undefined;
  const [, tag, id, outcome, more] = parts as [number, unknown, unknown, unknown, unknown];
  if (tag === 's') {
    const submission = submissionOf(parts.slice(2));
    return submission === undefined ? undefined : { type: 'submitted', submission };
  }
  if (tag === 'f') {
    return isId(id) && Number.isSafeInteger(outcome) ? { type: 'failed', id, failed: outcome as number } : undefined;
  }
  if (!isId(id) || typeof outcome !== 'object' || outcome === null) return undefined;
  const text = JSON.stringify(outcome);
  if (tag === 'k') return { type: 'known', id, outcome: text };
  if (tag !== 'd' || !(more === undefined || Array.isArray(more))) return undefined;
  const followUps = ((more ?? []) as unknown[]).map(submissionOf);
  if (followUps.includes(undefined)) return undefined;
  return { type: 'settled', id, outcome: text, followUps: followUps as Submission[] };
}

function submissionOf(parts: unknown): Submission | undefined {
  if (!Array.isArray(parts) || parts.length < 2 || !isId(parts[0])) return undefined;
  const [id, task, kept = {}] = parts as [TaskId, unknown, SavedOptions | undefined];
  if (typeof kept !== 'object' || kept === null) return undefined;
  const body = parts
    .slice(1)
    .map((part) => JSON.stringify(part))
    .join(',');
  return { id, body, task: valueIn(task), kept };
}

function isId(id: unknown): id is TaskId {
  return typeof id === 'string' || Number.isSafeInteger(id);
}
