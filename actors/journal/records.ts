import { type EncodedError, encodeError } from '../errors/error-codec.ts';
import { marshalPath } from '../errors/marshal-path.ts';
import type { TaskId } from '../ledger/ledger.ts';
import { structuredClones } from '../platform/platform.ts';
import { isPlain } from '../protocol/payloads/plain-json.ts';

/** The name and the version in the first line of a journal. */
const NAME = 'statepool';
const VERSION = 2;

/** The versions that are read: in version 1 each line has one record. */
const READ = [1, VERSION];

/** The approximate size of a line without its body, in bytes. */
export const FRAME = 30;

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

/**
 * The outcome of a task. `lost`: it succeeded, but its result could not be written; the text is the path to the fault.
 */
export type Outcome = { readonly result: unknown } | { readonly error: EncodedError } | { readonly lost: string };

/** A record of a journal. `outcome` is the text in the file. */
export type JournalRecord =
  | { readonly type: 'submitted'; readonly submission: Submission }
  /** A failed attempt at a task that has another one: `failed` is the number of them. */
  | { readonly type: 'failed'; readonly id: TaskId; readonly failed: number }
  /** A task that has settled, and its follow-ups. They share one record, so neither is accepted without the other. */
  | {
      readonly type: 'settled';
      readonly id: TaskId;
      readonly outcome: string;
      readonly followUps: readonly Submission[];
    }
  /** A task that had settled when the journal was compacted. */
  | { readonly type: 'known'; readonly id: TaskId; readonly outcome: string };

/** Returns the first line of a journal. */
export function headLine(kind: string, version: number = VERSION): string {
  return `${JSON.stringify({ journal: NAME, version, kind })}\n`;
}

/** Returns the first lines of the earlier versions, which this one reads and replaces. */
export function formerHeads(kind: string): string[] {
  return READ.slice(0, -1).map((version) => headLine(kind, version));
}

/** Returns the problem with a first line, or `undefined` if the line is this kind's. */
export function problemOfHead(line: string, kind: string): string | undefined {
  let head: { journal?: unknown; version?: unknown; kind?: unknown } | null | undefined;
  try {
    head = JSON.parse(line);
  } catch {}
  if (typeof head !== 'object' || head === null || head.journal !== NAME) return 'it is not a journal of statepool';
  if (!READ.includes(head.version as number))
    return `it is of version ${String(head.version)}, and this is version ${VERSION}`;
  return head.kind === kind ? undefined : `it holds tasks of the kind ${String(head.kind)}, not of ${kind}`;
}

/** Returns a task and its options as JSON text, without its id. @throws the error of a structured clone */
export function bodyOf(task: unknown, kept: SavedOptions): string {
  for (const _ in kept) return `${textOf(task)},${JSON.stringify(kept)}`;
  return textOf(task);
}

/** Returns the record of a task that is accepted. `body` comes from `bodyOf`. */
export function submittedRecord(id: TaskId, body: string): string {
  return `["s",${idText(id)},${body}]`;
}

/** Returns the record of a task that has failed so many times and has another attempt. */
export function failedRecord(id: TaskId, failed: number): string {
  return `["f",${idText(id)},${failed}]`;
}

/** Returns the record of a task that has settled, with the ids and bodies of its follow-ups. */
export function settledRecord(
  id: TaskId,
  outcome: string,
  followUps: ReadonlyArray<{ readonly id: TaskId; readonly body: string }>,
): string {
  if (followUps.length === 0) return `["d",${idText(id)},${outcome}]`;
  const list = followUps.map((each) => `[${idText(each.id)},${each.body}]`);
  return `["d",${idText(id)},${outcome},[${list.join(',')}]]`;
}

/** Returns the record of a task whose outcome a compaction keeps. `outcome` comes from `outcomeText`. */
export function knownRecord(id: TaskId, outcome: string): string {
  return `["k",${idText(id)},${outcome}]`;
}

/**
 * Returns a line of records, which stand between commas: an array that begins with the checksum of the rest. So many
 * records share one line that are written together: the reader finds all of them or none.
 */
export function lineOf(records: string, count = 1): string {
  const rest = count === 1 ? `,${records.slice(1)}` : `,"g",${records}]`;
  return `[${crc32(rest)}${rest}\n`;
}

function idText(id: TaskId): string {
  return typeof id === 'number' ? String(id) : JSON.stringify(id);
}

/** Loads `node:zlib` with the first checksum: programs without a journal start sooner. */
function crc32(text: string): number {
  zlib ??= process.getBuiltinModule('node:zlib');
  return zlib.crc32(text);
}

let zlib: typeof import('node:zlib') | undefined;

/** Returns an outcome as JSON text. Never throws: a result that cannot be written is recorded as lost. */
export function outcomeText(end: { readonly result?: unknown; readonly error?: unknown }): string {
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

/** Returns the records in a line, or `undefined` if the line is none, or not as it was written. */
export function recordsOf(line: string): JournalRecord[] | undefined {
  const comma = line.indexOf(',');
  if (comma < 0 || line.slice(1, comma) !== String(crc32(line.slice(comma)))) return undefined;
  try {
    const [, ...parts]: unknown[] = JSON.parse(line);
    const records = (parts[0] === 'g' ? parts.slice(1) : [parts]).map(recordIn);
    return records.length === 0 || records.includes(undefined) ? undefined : (records as JournalRecord[]);
  } catch {
    return undefined;
  }
}

function recordIn(parts: unknown): JournalRecord | undefined {
  if (!Array.isArray(parts)) return undefined;
  const [tag, id, outcome, more] = parts as unknown[];
  if (tag === 's') {
    const submission = submissionOf(parts.slice(1));
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

/** The greatest depth of a value that is checked. Deeper values are written as structured clones. */
const DEPTH = 200;

/** The only member of the object that replaces a value without a JSON form: its structured clone, in base64. */
const CLONE = '$clone';

/**
 * Returns a value as JSON text. A value that JSON restores exactly is written as it is. Any other becomes
 * `{"$clone":"<base64>"}`, so that dates, maps, bytes and cycles come back as they do from a worker.
 *
 * @throws the error of the structured clone if the value cannot be cloned
 */
export function textOf(value: unknown): string {
  if (isMarked(value)) return cloneOf(value);
  return isPlain(value) || isJson(value, DEPTH, new Set()) ? JSON.stringify(value) : cloneOf(value);
}

function cloneOf(value: unknown): string {
  return JSON.stringify({ [CLONE]: structuredClones().serialize(value).toString('base64') });
}

/** Returns the value that `textOf` has written, from the parsed JSON. */
export function valueIn(parsed: unknown): unknown {
  return isMarked(parsed) ? structuredClones().deserialize(Buffer.from(String(parsed[CLONE]), 'base64')) : parsed;
}

/** Returns whether a parsed value is read as a clone. */
function isMarked(value: unknown): value is { readonly [CLONE]: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, CLONE);
}

/** Returns whether JSON restores exactly this value, of any size. */
function isJson(value: unknown, depth: number, seen: Set<object>): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      if (value === null) return true;
      if (depth === 0 || seen.has(value) || (value as { toJSON?: unknown }).toJSON !== undefined) return false;
      seen.add(value);
      return Array.isArray(value) ? isJsonArray(value, depth, seen) : isJsonObject(value, depth, seen);
    default:
      return false;
  }
}

function isJsonArray(value: readonly unknown[], depth: number, seen: Set<object>): boolean {
  if (Object.getPrototypeOf(value) !== Array.prototype || Object.keys(value).length !== value.length) return false;
  return value.every((part) => isJson(part, depth - 1, seen));
}

function isJsonObject(value: object, depth: number, seen: Set<object>): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((part) => isJson(part, depth - 1, seen));
}
