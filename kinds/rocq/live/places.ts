import { isDelegated, type RocqDocument } from '../text/document.ts';
import type { PositionedText, Range } from './positions.ts';

/** A state of a document: the one behind the first sentences of a segment. */
export interface StatePlace {
  readonly segment: number;
  readonly sentences: number;
}

/**
 * Returns the state behind the last sentence that begins at or before a byte; with `isBefore` the state before that
 * sentence, if it begins at the byte. A state behind an error that stops the check is replaced by the one before it.
 */
export function stateAt(document: RocqDocument, byte: number, isBefore = false): StatePlace {
  const { sentences, segments, limit } = document;
  let last = sentences.length - 1;
  while (last >= 0 && isBehind((sentences[last] as { start: number }).start, byte, isBefore)) last--;
  const segment = segments.findIndex(({ to }) => last <= to);
  const at = segments[segment];
  if (last < 0 || at === undefined) return { segment: 0, sentences: 0 };
  // A proof that is open is a row of commands: only a closed one has states inside.
  const isInside = at.type === 'proof' && last < at.to;
  const state = isInside ? { segment, sentences: last - at.from + 1 } : { segment: segment + 1, sentences: 0 };
  return state.segment > limit ? { segment: limit, sentences: 0 } : state;
}

function isBehind(start: number, byte: number, isBefore: boolean): boolean {
  return isBefore ? start >= byte : start > byte;
}

/** Returns the range of a segment. */
export function rangeOfSegment(text: PositionedText, { sentences, segments }: RocqDocument, segment: number): Range {
  const at = segments[segment];
  if (!at) return { start: text.end, end: text.end };
  const [first, last] = [sentences[at.from], sentences[at.to]];
  return { start: text.positionOf(first?.start ?? 0), end: text.positionOf(last?.end ?? 0) };
}

/** Returns the lines between a segment and the viewport: 0 if the viewport shows a part of it. */
export function distanceOf(
  text: PositionedText,
  { sentences, segments }: RocqDocument,
  segment: number,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const at = segments[segment];
  if (!at) return 0;
  const begin = text.lineOf(sentences[at.from]?.start ?? 0);
  const end = text.lineOf(sentences[at.to]?.end ?? 0);
  return Math.max(0, begin - to, from - end);
}

/** Returns the numbers of the proofs that run apart from the others. */
export function delegatedIn(document: RocqDocument): number[] {
  return document.segments.flatMap((_, i) => (isDelegated(document, i) ? [i] : []));
}
