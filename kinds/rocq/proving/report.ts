import type { SentenceError } from '../session/messages.ts';
import { isDelegated, type RocqDocument } from '../text/document.ts';
import { decoded, placeOf, type RocqPlace } from '../text/places.ts';
import type { RocqResult } from './tasks.ts';

/** An error in a file. */
export interface RocqProblem {
  /** The number of its segment; the number of segments for an error at the end of the file. */
  readonly segment: number;
  /** The name of the proof, if it is in one. */
  readonly name?: string;
  /** The place, as coqc reports it; absent at the end of the file. */
  readonly place?: RocqPlace;
  readonly message: string;
}

/** A proof of a file, after a check. */
export interface RocqProof {
  readonly segment: number;
  readonly name: string;
  /** The line of its statement. */
  readonly line: number;
  readonly verdict: 'ok' | 'error' | 'unchecked';
  /** The reason that it was not delegated; absent if it was. */
  readonly why?: string;
  /** The time of the worker in ms; absent if the proof was not delegated, or was known. */
  readonly ms?: number;
  /** Is `true` if the verdict is that of an earlier check. */
  readonly isKnown?: boolean;
}

/** The report on a file. */
export interface RocqReport {
  /** The errors, in the order of the file. */
  readonly errors: readonly RocqProblem[];
  readonly proofs: readonly RocqProof[];
  /** The number of proofs that ran apart from the others in this check. */
  readonly ran: number;
  /** The time of the check in ms. */
  readonly ms: number;
  /** The document with the proofs that had to be joined. */
  readonly document: RocqDocument;
}

/** The state of a check between its rounds. */
export interface Findings {
  readonly proved: Map<number, RocqResult | undefined>;
  readonly errors: Map<number, RocqProblem>;
  /** The proofs that ran apart from the others. */
  readonly ran: Set<number>;
  /** Is `true` if the last round has reached the end of the file. */
  ended: boolean;
}

/** Returns an error with its place in the file. */
export function problemOf(document: RocqDocument, segment: number, error: SentenceError): RocqProblem {
  const { sentences, segments, source } = document;
  const at = segments[segment];
  const sentence = at && sentences[Math.min(at.from + error.index, at.to)];
  const name = at?.name === undefined ? {} : { name: decoded(at.name) };
  const message = decoded(error.message);
  if (!sentence) return { segment, ...name, message };
  const start = sentence.start + (error.start ?? 0);
  const end = error.end === undefined ? sentence.end : sentence.start + error.end;
  // coqc names the last line of the file for a comment that does not end, and counts from there.
  const from = sentence.open && /Unterminated comment/.test(message) ? end : start;
  return { segment, ...name, place: placeOf(source, start, end, from), message };
}

/** Returns the report on a document after the last round. */
export function reportOf(
  document: RocqDocument,
  found: Findings,
  first: boolean,
  whyJoined: string,
): Omit<RocqReport, 'ms'> {
  const sorted = [...found.errors.values()].sort((a, b) => a.segment - b.segment);
  const errors = first ? sorted.slice(0, 1) : sorted;
  const stop =
    first || document.limit < document.segments.length ? (sorted.at(first ? 0 : -1)?.segment ?? Infinity) : Infinity;
  const proofs = document.segments.flatMap(({ type, name, from, why }, segment): RocqProof[] => {
    if (type !== 'proof') return [];
    const result = found.proved.get(segment);
    const isDone = result !== undefined || (!isDelegated(document, segment) && segment < stop);
    const verdict = found.errors.has(segment) ? 'error' : isDone ? 'ok' : 'unchecked';
    const isTaken = document.uses.has(segment) && !document.joined.has(segment);
    const reason = (isTaken ? undefined : why) ?? (document.joined.has(segment) ? whyJoined : undefined);
    const sentence = document.sentences[from];
    return [
      {
        segment,
        name: decoded(name ?? ''),
        line: placeOf(document.source, sentence?.start ?? 0, sentence?.end ?? 0).line,
        verdict,
        ...(reason === undefined ? {} : { why: reason }),
        ...(result !== undefined && found.ran.has(segment) ? { ms: result.ms } : {}),
        ...(result !== undefined && !found.ran.has(segment) ? { isKnown: true } : {}),
      },
    ];
  });
  return { errors, proofs, ran: found.ran.size, document };
}
