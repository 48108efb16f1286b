import { RocqError } from '../engine/errors.ts';
import { isDelegated, type RocqDocument, rejoined, withUses } from '../text/document.ts';
import { type CheckLimits, checkOnce } from './check-once.ts';
import { RocqMemory } from './memory.ts';
import { type Findings, problemOf, type RocqReport, reportOf } from './report.ts';
import type { RocqRunner } from './run-task.ts';

/** The time in ms of proofs in sections above which no file is small. */
const LONG = 1000;
/** The time in ms below which a proof in a section is executed by all where small files are: the threshold of coqc's own workers. */
const LIGHT = 30;

/** The options of a check. */
export interface RocqCheckOptions extends Omit<CheckLimits, 'memory' | 'onFindings'> {
  /** The verdicts of earlier checks. @default none are known */
  readonly memory?: RocqMemory;
  /**
   * The number of bytes of delegated proofs below which one worker executes the whole file: a second engine would load
   * for longer than it helps. A proof in a section that took less than 30 ms is then executed by all workers too. @default 0
   */
  readonly small?: number;
}

/**
 * Checks a document on the workers of a pool. The verdict, and the place of the first error, are those of coqc.
 *
 * A proof that adds universe constraints which others can see is executed once more by everyone, in its place: so
 * constraints of different proofs that contradict each other are found. All proofs behind such a proof are checked
 * again.
 *
 * @throws {RocqError} ROCQ_MISSING without an engine; and as `pool.run`
 */
export function checkDocument(
  pool: RocqRunner,
  given: RocqDocument,
  options: RocqCheckOptions = {},
): Promise<RocqReport> {
  return checkAndReport(pool, given, options);
}

/** Checks a document as `checkDocument`, and hands over its findings on the way. */
export async function checkAndReport(
  pool: RocqRunner,
  given: RocqDocument,
  options: RocqCheckOptions & Pick<CheckLimits, 'onFindings'>,
): Promise<RocqReport> {
  const begin = performance.now();
  const memory = options.memory ?? new RocqMemory();
  let { document, isSmall } = planOf(given, memory, options.small ?? 0);
  // Nothing is found out for nobody.
  if (!options.memory) document = withUses(document, { uses: document.uses, asked: new Set() });
  const found: Findings = { proved: new Map(), errors: new Map(), ran: new Set(), ended: false };
  for (;;) {
    found.ended = false;
    const { joins, broken, stale } = await checkOnce(pool, document, found, { ...options, memory });
    const executed = [...joins, ...stale];
    if (executed.length === 0 && broken.size === 0) break;
    const from = Math.min(...executed);
    // All behind a joined proof is checked again: it has seen too few constraints. A proof may have failed for that, or may
    // be right only without them, such as one that tries a tactic and drops its constraints again.
    for (const verdicts of [found.errors, found.proved]) {
      for (const segment of [...verdicts.keys()]) if (segment > from) verdicts.delete(segment);
    }
    const kept = [...document.broken].filter((segment) => segment < from);
    document = rejoined(
      { ...document, broken: new Set(kept) },
      executed,
      [...broken].filter((each) => each < from),
    );
    if (options.first) document.limit = Math.min(document.limit, ...found.errors.keys());
  }
  const last = document.sentences.at(-1);
  const end = document.segments.length - 1;
  if (last?.open && found.errors.size === 0) {
    found.errors.set(
      end,
      problemOf(document, end, { index: 0, message: 'Syntax error: the file ends in a sentence.' }),
    );
  }
  const isMissing = (_: unknown, i: number): boolean => isDelegated(document, i) && !found.proved.has(i);
  // No file is right by mistake: without an error every proof has its verdict, and the end was reached.
  if (found.errors.size === 0 && (!found.ended || document.segments.some(isMissing))) {
    throw new RocqError('ROCQ_LOST', 'the check has no error, but it did not reach every proof');
  }
  const whyJoined = isSmall ? 'the file is small' : 'it adds universe constraints';
  return { ...reportOf(document, found, options.first === true, whyJoined), ms: performance.now() - begin };
}

/** Is `true` if a file is executed as a whole by one worker, given what is known of it. `small`: as in `RocqCheckOptions`. */
export function isSmallFile(given: RocqDocument, memory: RocqMemory, small: number): boolean {
  return planOf(given, memory, small).isSmall;
}

/**
 * Returns the document as it is checked: with what is known of the proofs in its sections, or without, if nothing is left
 * to be checked then. A small file is executed as a whole.
 */
function planOf(given: RocqDocument, memory: RocqMemory, small: number): { document: RocqDocument; isSmall: boolean } {
  const plain = rejoined(given, memory.joinsOf(given), []);
  const { uses, asked, ms } = memory.usesOf(given, small > 0 ? LIGHT : 0);
  const hinted = uses.size + asked.size === 0 ? plain : withUses(plain, { uses, asked });
  const isSmall = sizeOf(hinted) < small && ms < LONG;
  if (small > 0 && (isSmall || uses.size > 0)) {
    const whole = rejoined(hinted, given.segments.keys(), []);
    if (isSmall || memory.knows(whole)) return { document: whole, isSmall: true };
  }
  return { document: uses.size > 0 && memory.knows(plain) ? plain : hinted, isSmall: false };
}

/** Returns the number of bytes of the delegated proofs. */
function sizeOf(document: RocqDocument): number {
  const { segments, sentences } = document;
  const sizes = segments.map(({ from, to }, i) => {
    return isDelegated(document, i) ? (sentences[to]?.end ?? 0) - (sentences[from]?.end ?? 0) : 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}
