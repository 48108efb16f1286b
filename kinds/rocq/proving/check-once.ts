import { rocqCodeOf } from '../engine/errors.ts';
import type { SentenceError } from '../session/messages.ts';
import { isDelegated, type RocqDocument } from '../text/document.ts';
import { keyOf, type RocqMemory } from './memory.ts';
import { type Findings, problemOf } from './report.ts';
import { type RocqRunner, runTask } from './run-task.ts';
import type { RocqResult } from './tasks.ts';

/** The limits of a check, and what is known before it. */
export interface CheckLimits {
  /** Is `true` if nothing behind the first error is checked, as in coqc. @default false */
  readonly first?: boolean;
  /** The most time for a proof in ms. @default none */
  readonly timeoutMs?: number;
  /** The memory of an engine in bytes above which its worker ends after the verdict. @default 1.5 GB */
  readonly maxRss?: number;
  readonly memory: RocqMemory;
  /** Receives the findings after each change, in the master. An error may go again: it is checked once more behind a joined proof. */
  readonly onFindings?: (findings: Findings, document: RocqDocument) => void;
  /** Cancels the check. */
  readonly signal?: AbortSignal;
}

/** The segments that the next round must treat in another way. */
export interface Round {
  /** The proofs that everyone must execute. */
  readonly joins: Set<number>;
  /** The broken proofs that everyone takes for admitted. */
  readonly broken: Set<number>;
}

/** Runs every proof that has no verdict yet, and the spine to its end. */
export async function checkOnce(
  pool: RocqRunner,
  document: RocqDocument,
  found: Findings,
  limits: CheckLimits,
): Promise<Round> {
  const round: Round = { joins: new Set(), broken: new Set() };
  const { first, memory, signal } = limits;
  const shared = { document, ...limitsOf(limits) };
  await Promise.all([...openIn(document, found).map(prove), finish()]);
  return round;

  async function prove(segment: number): Promise<void> {
    const key = keyOf(document, segment);
    const known = memory.verdictOf(key);
    if (known) return use(segment, known, key);
    const result = await attempt(segment, () => runTask(pool, { type: 'prove', key, segment, ...shared }, signal));
    if (result) {
      found.ran.add(segment);
      use(segment, result, key);
    }
  }

  async function finish(): Promise<void> {
    const segment = document.segments.length;
    const hash = document.chain.at(-1) as string;
    if (memory.knowsEnd(hash)) return end(memory.pendingOf(hash));
    const { timeoutMs: _, ...lasting } = shared;
    const result = await attempt(segment, () => runTask(pool, { type: 'spine', segment, ...lasting }, signal));
    if (result?.type === 'spineError') return stop(result);
    if (result?.type !== 'spine') return;
    memory.keepEnd(hash, result.pending);
    end(result.pending);
  }

  /** Runs a task; an engine that dies again and again is an error at its segment. */
  async function attempt(segment: number, run: () => Promise<RocqResult | undefined>): Promise<RocqResult | undefined> {
    try {
      return await run();
    } catch (error) {
      const code = rocqCodeOf(error);
      if (signal?.aborted || code === 'ROCQ_MISSING' || code === undefined) throw error;
      fail(segment, { index: 0, message: `the engine gives no verdict: ${(error as Error).message}` });
      return undefined;
    }
  }

  function use(segment: number, result: RocqResult, key: string): void {
    if (result.type === 'spineError') return stop(result);
    if (result.type !== 'proved' && result.type !== 'error') return;
    memory.keep(key, result);
    if (result.type === 'error') return fail(segment, result.error);
    found.proved.set(segment, result);
    limits.onFindings?.(found, document);
    if (result.joins) round.joins.add(segment);
  }

  function stop({ segment, error, unfit }: Extract<RocqResult, { type: 'spineError' }>): void {
    // Nothing can stand for a broken proof whose statement is not accepted alone.
    if (document.broken.has(segment)) return;
    if (unfit) return void round.joins.add(segment);
    const isStatement = isDelegated(document, segment) || error.index === 0;
    if (!first && document.segments[segment]?.type === 'proof' && !isStatement) round.broken.add(segment);
    fail(segment, error);
  }

  function end(pending: string | undefined): void {
    const segment = document.segments.length;
    found.ended = true;
    if (pending !== undefined) found.errors.set(segment, problemOf(document, segment, { index: 0, message: pending }));
    limits.onFindings?.(found, document);
  }

  function fail(segment: number, error: SentenceError): void {
    found.errors.set(segment, problemOf(document, segment, error));
    limits.onFindings?.(found, document);
    if (first) document.limit = Math.min(document.limit, segment);
  }
}

/** Returns the numbers of the delegated proofs without a verdict. */
function openIn(document: RocqDocument, { proved, errors }: Findings): number[] {
  return [...document.segments.keys()].filter((i) => isDelegated(document, i) && !proved.has(i) && !errors.has(i));
}

function limitsOf({ timeoutMs, maxRss }: CheckLimits): { timeoutMs?: number; maxRss?: number } {
  return { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(maxRss === undefined ? {} : { maxRss }) };
}
