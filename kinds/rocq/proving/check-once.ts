import { rocqCodeOf } from '../engine/errors.ts';
import type { SentenceError } from '../session/messages.ts';
import { isDelegated, type RocqDocument } from '../text/document.ts';
import { keyOf, type RocqMemory } from './memory.ts';
import { type Findings, problemOf } from './report.ts';
import { type RocqRunner, runTask } from './run-task.ts';
import type { RocqResult, RocqTask } from './tasks.ts';

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
  /** The proofs that do not use the section variables that they were taken to use: everyone must execute them. */
  readonly stale: Set<number>;
}

/**
 * Runs every proof that has no verdict yet, and the spine to its end. Resolves early where a proof must be joined: all
 * behind it runs again in the next round, so nothing waits for it.
 */
export function checkOnce(
  pool: RocqRunner,
  document: RocqDocument,
  found: Findings,
  limits: CheckLimits,
): Promise<Round> {
  return new RunningRound(pool, document, found, limits).run();
}

/** A round of a check while its tasks run. */
class RunningRound {
  readonly #pool: RocqRunner;
  readonly #document: RocqDocument;
  readonly #found: Findings;
  readonly #limits: CheckLimits;
  readonly #round: Round = { joins: new Set(), broken: new Set(), stale: new Set() };
  /** The first proof that must be joined: verdicts behind it are of no use. Once the round is over, none is. */
  #joined = Number.POSITIVE_INFINITY;

  constructor(pool: RocqRunner, document: RocqDocument, found: Findings, limits: CheckLimits) {
    this.#pool = pool;
    this.#document = document;
    this.#found = found;
    this.#limits = limits;
  }

  /** Waits for all tasks up to the first proof that must be joined. */
  run(): Promise<Round> {
    const end = this.#document.segments.length;
    return new Promise((resolve, reject) => {
      const waiting = new Set([...openIn(this.#document, this.#found), end]);
      for (const segment of waiting) {
        const work = segment < end ? this.#prove(segment) : this.#finish();
        work.then(() => {
          waiting.delete(segment);
          if (waiting.size === 0 || (this.#joined < end && [...waiting].every((each) => each > this.#joined))) {
            this.#joined = -1;
            resolve(this.#round);
          }
        }, reject);
      }
    });
  }

  async #prove(segment: number): Promise<void> {
    const document = this.#document;
    const key = keyOf(document, segment);
    const known = this.#limits.memory.verdictOf(key);
    if (known) return this.#use(segment, known, key);
    const result = await this.#attempt(segment, { type: 'prove', key, segment, document, ...limitsOf(this.#limits) });
    if (!result) return;
    this.#found.ran.add(segment);
    this.#use(segment, result, key);
  }

  async #finish(): Promise<void> {
    const document = this.#document;
    const { memory } = this.#limits;
    const segment = document.segments.length;
    const hash = document.chain.at(-1) as string;
    if (memory.knowsEnd(hash)) return this.#end(memory.pendingOf(hash));
    const { timeoutMs: _, ...lasting } = limitsOf(this.#limits);
    const result = await this.#attempt(segment, { type: 'spine', segment, document, ...lasting });
    if (result?.type === 'spineError') return this.#stop(result);
    if (result?.type !== 'spine') return;
    memory.keepEnd(hash, result.pending);
    memory.learnUses(document, result.uses);
    this.#end(result.pending);
  }

  /** Runs a task; an engine that dies again and again is an error at its segment. */
  async #attempt(segment: number, task: RocqTask): Promise<RocqResult | undefined> {
    const { signal } = this.#limits;
    try {
      return await runTask(this.#pool, task, signal);
    } catch (error) {
      const code = rocqCodeOf(error);
      if (signal?.aborted || code === 'ROCQ_MISSING' || code === undefined) throw error;
      this.#fail(segment, { index: 0, message: `the engine gives no verdict: ${(error as Error).message}` });
      return undefined;
    }
  }

  #use(segment: number, result: RocqResult, key: string): void {
    if (result.type === 'spineError') return this.#stop(result);
    if (result.type !== 'proved' && result.type !== 'error') return;
    const { memory } = this.#limits;
    if (result.type === 'proved' && result.stale) {
      if (result.stale === 'definitions') memory.refuseUses(this.#document, segment);
      return this.#setAside(segment, this.#round.stale);
    }
    memory.keep(key, result);
    if (segment > this.#joined) return;
    if (result.type === 'error') return this.#fail(segment, result.error);
    this.#found.proved.set(segment, result);
    this.#handOver();
    if (result.joins) this.#join(segment);
  }

  #join(segment: number): void {
    const { memory } = this.#limits;
    memory.keepJoin(this.#document, segment);
    if (this.#document.uses.has(segment)) memory.refuseUses(this.#document, segment);
    this.#setAside(segment, this.#round.joins);
  }

  /** Marks a proof that everybody must execute: tasks behind it that have not begun expire, and the others are of no use. */
  #setAside(segment: number, set: Set<number>): void {
    set.add(segment);
    this.#joined = Math.min(this.#joined, segment);
    this.#document.limit = Math.min(this.#document.limit, segment);
  }

  #stop({ segment, error, unfit }: Extract<RocqResult, { type: 'spineError' }>): void {
    const document = this.#document;
    // Nothing can stand for a broken proof whose statement is not accepted alone.
    if (document.broken.has(segment) || segment > this.#joined) return;
    // The second sentence is then a 'Proof using' with a name that is no variable any more.
    const isStale = unfit && document.uses.has(segment) && error.index === 1;
    if (isStale) return this.#setAside(segment, this.#round.stale);
    if (unfit) return this.#join(segment);
    const isStatement = isDelegated(document, segment) || error.index === 0;
    const isProof = document.segments[segment]?.type === 'proof';
    if (!this.#limits.first && isProof && !isStatement) this.#round.broken.add(segment);
    this.#fail(segment, error);
  }

  #end(pending: string | undefined): void {
    const segment = this.#document.segments.length;
    if (segment > this.#joined) return;
    this.#found.ended = true;
    if (pending !== undefined) {
      this.#found.errors.set(segment, problemOf(this.#document, segment, { index: 0, message: pending }));
    }
    this.#handOver();
  }

  #fail(segment: number, error: SentenceError): void {
    if (segment > this.#joined) return;
    this.#found.errors.set(segment, problemOf(this.#document, segment, error));
    this.#handOver();
    if (this.#limits.first) this.#document.limit = Math.min(this.#document.limit, segment);
  }

  /** Hands over the findings. */
  #handOver(): void {
    this.#limits.onFindings?.(this.#found, this.#document);
  }
}

/** Returns the numbers of the delegated proofs without a verdict. */
function openIn(document: RocqDocument, { proved, errors }: Findings): number[] {
  return [...document.segments.keys()].filter((i) => isDelegated(document, i) && !proved.has(i) && !errors.has(i));
}

function limitsOf({ timeoutMs, maxRss }: CheckLimits): { timeoutMs?: number; maxRss?: number } {
  return { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(maxRss === undefined ? {} : { maxRss }) };
}
