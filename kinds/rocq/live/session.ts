import { EventEmitter, setMaxListeners } from 'node:events';
import { checkAndReport } from '../proving/check-document.ts';
import type { CheckLimits } from '../proving/check-once.ts';
import { keyOf, RocqMemory } from '../proving/memory.ts';
import type { Findings, RocqProblem, RocqReport } from '../proving/report.ts';
import { runTask } from '../proving/run-task.ts';
import type { RocqResult, RocqTask } from '../proving/tasks.ts';
import { type RocqDocument, type RocqOptions, readRocq } from '../text/document.ts';
import { decoded, encoded } from '../text/places.ts';
import { Flights } from './flights.ts';
import { type SessionPool, sortByRank } from './order.ts';
import { delegatedIn, distanceOf, rangeOfSegment, stateAt } from './places.ts';
import { type Position, PositionedText, type Range } from './positions.ts';
import type { SessionEvents, SessionGoals, SessionOptions, SessionProblem, TextProgress, Viewport } from './types.ts';

/** The rank of the task that executes the commands of a file: behind the proofs that are seen, and before all others. */
const COMMANDS = 0.5;

interface Check {
  readonly text: PositionedText;
  readonly ended: AbortController;
  document: RocqDocument;
  findings: Findings | undefined;
  report: Promise<RocqReport>;
  /** The proofs whose verdict was seen in this check. */
  readonly seen: Set<number>;
  willShow: boolean;
}

/**
 * Makes a session: a text that is checked while it is edited. The proofs in the viewport run first, and only what an edit
 * changes runs again. Several sessions may share a pool. With `killGrace` a proof that an edit cancels is interrupted,
 * and its engine goes on; without it the worker is replaced.
 *
 * @example
 * import { createPool } from 'statepool';
 * import { createSession, rocq } from 'statepool/kinds';
 *
 * await using pool = createPool(rocq, { size: 2, killGrace: 500 });
 * const session = createSession(pool, { file: 'a.v', text: 'Lemma a : True.\nProof. exact I. Qed.\n' });
 * session.on('problems', (problems) => console.log(problems));
 * session.edit({ start: { line: 1, character: 7 }, end: { line: 1, character: 14 } }, 'split');
 * await session.checked();
 */
export function createSession(pool: SessionPool, options: SessionOptions): Session {
  return new Session(pool, options);
}

/** A text that is checked while it is edited. */
export class Session extends EventEmitter<SessionEvents> {
  readonly #pool: SessionPool;
  readonly #options: RocqOptions;
  readonly #limits: Pick<CheckLimits, 'maxRss' | 'timeoutMs' | 'memory'>;
  readonly #flights: Flights;
  #viewport: Viewport;
  #check: Check;
  #problems = '[]';
  #progress = '';
  /** The proofs whose verdict was said, by content. */
  readonly #said = new Map<string, 'ok' | 'error'>();

  /** Begins to check a text. Use `createSession`. */
  constructor(pool: SessionPool, { text, viewport, memory, maxRss, timeoutMs, ...options }: SessionOptions) {
    super();
    this.#pool = pool;
    this.#options = options;
    this.#limits = {
      memory: memory ?? new RocqMemory(),
      ...(maxRss === undefined ? {} : { maxRss }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    this.#flights = new Flights(pool, (task) => this.#rankOf(task));
    this.#viewport = viewport ?? { from: 0, to: 0 };
    sortByRank(pool);
    this.#check = this.#begin(text);
  }

  /** The text as it is now. */
  get text(): string {
    return this.#check.text.text;
  }

  /** The errors that are known now, in the order of the text. */
  get problems(): SessionProblem[] {
    const { findings, text } = this.#check;
    const sorted = [...(findings?.errors.values() ?? [])].sort((a, b) => a.segment - b.segment);
    return sorted.map((problem) => problemIn(text, problem));
  }

  /** The part of the text that is checked now. */
  get progress(): TextProgress {
    const { document, findings, text } = this.#check;
    const proofs = delegatedIn(document);
    const open = proofs.filter((segment) => !findings || verdictOf(findings, segment) === undefined);
    const isEnded = findings?.ended === true;
    return {
      done: proofs.length - open.length + Number(isEnded),
      total: proofs.length + 1,
      waiting: open.map((segment) => rangeOfSegment(text, document, segment)),
    };
  }

  /** Puts a text in place of a range, and checks what that changes. Proofs that are no longer needed are cancelled. */
  edit(range: Range, text: string): void {
    this.replace(this.#check.text.replaced(range, text));
  }

  /** Puts another text in place of the whole one. */
  replace(text: string): void {
    const before = this.#check;
    this.#check = this.#begin(text);
    // The new check has joined the tasks that it needs too: the others have no claim any more.
    before.ended.abort();
    sortByRank(this.#pool);
    this.#show(this.#check);
  }

  /** Sets the lines that are seen, from 0: their proofs run before all that wait. */
  setViewport(viewport: Viewport): void {
    this.#viewport = viewport;
    sortByRank(this.#pool);
  }

  /** Resolves with the report on the text, when it has not changed for as long as its check runs. @throws as `checkDocument` */
  async checked(): Promise<RocqReport> {
    for (;;) {
      const check = this.#check;
      try {
        const report = await check.report;
        if (check === this.#check) return report;
      } catch (error) {
        if (check === this.#check) throw error;
      }
    }
  }

  /** Returns the goals behind the sentence at a position, or before the first error on the way to it. */
  async goals(position: Position, options: { readonly signal?: AbortSignal } = {}): Promise<SessionGoals> {
    const { document, text } = this.#check;
    const place = stateAt(document, text.byteOf(position));
    const result = await runTask(this.#pool, { type: 'goals', document, ...place }, options.signal);
    if (result?.type !== 'goals') return { error: errorOf(result) };
    const { goals, error } = result;
    return { ...(goals ? { goals } : {}), ...(error ? { error: decoded(error.message) } : {}) };
  }

  /**
   * Returns the answer to a question such as `Search nat.`, in the state behind the sentence at a position; by default at
   * the end of the text.
   */
  async query(text: string, position?: Position, options: { readonly signal?: AbortSignal } = {}): Promise<string> {
    const { document, text: own } = this.#check;
    const place = stateAt(document, position ? own.byteOf(position) : own.source.length);
    const task: RocqTask = { type: 'query', document, text: encoded(text), ...place };
    const result = await runTask(this.#pool, task, options.signal);
    return result?.type === 'answer' ? decoded(result.text) : `Error: ${errorOf(result)}`;
  }

  /**
   * Tries scripts on the goal at a position, in place of the sentence that begins there. Returns the number of the first
   * one that is accepted, and the errors of those before it.
   */
  async tryAt(
    position: Position,
    scripts: readonly string[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly found: number | undefined; readonly failures: readonly string[] }> {
    const { document, text } = this.#check;
    const place = stateAt(document, text.byteOf(position), true);
    const candidates = scripts.map(encoded);
    const result = await runTask(this.#pool, { type: 'try', document, candidates, ...place }, options.signal);
    if (result?.type !== 'tried') return { found: undefined, failures: [errorOf(result)] };
    return { found: result.found, failures: result.failures.map(decoded) };
  }

  /** Ends the session: what only it needs is cancelled. The pool stays. */
  close(): void {
    this.#check.ended.abort();
    this.removeAllListeners();
  }

  #begin(text: string): Check {
    const positioned = new PositionedText(text);
    const ended = new AbortController();
    // Each task of the check listens.
    setMaxListeners(0, ended.signal);
    const document = readRocq(positioned.source, this.#options);
    const check: Check = {
      ...{ text: positioned, ended, document, findings: undefined, seen: new Set(), willShow: false },
      report: undefined as never,
    };
    this.#check = check;
    const onFindings = (findings: Findings, now: RocqDocument): void => {
      check.findings = findings;
      check.document = now;
      this.#show(check);
    };
    check.report = checkAndReport(this.#flights, document, { ...this.#limits, signal: ended.signal, onFindings });
    check.report.then(
      (report) => {
        if (check === this.#check) this.emit('checked', report);
      },
      (error) => {
        if (check === this.#check && !ended.signal.aborted) this.emit('failed', error);
      },
    );
    return check;
  }

  #rankOf(task: RocqTask): number {
    if (task.type !== 'prove') return COMMANDS;
    const { text, document } = this.#check;
    return distanceOf(text, document, task.segment, this.#viewport);
  }

  /** Sends the events for what has changed, once for all changes at a time. */
  #show(check: Check): void {
    if (check.willShow) return;
    check.willShow = true;
    queueMicrotask(() => {
      check.willShow = false;
      if (check !== this.#check || check.ended.signal.aborted) return;
      this.#showVerdicts(check);
      const problems = JSON.stringify(this.problems);
      if (problems !== this.#problems) this.emit('problems', this.problems);
      this.#problems = problems;
      const progress = this.progress;
      const counts = `${progress.done} of ${progress.total}`;
      if (counts !== this.#progress) this.emit('progress', progress);
      this.#progress = counts;
    });
  }

  #showVerdicts({ document, findings, text, seen }: Check): void {
    if (!findings) return;
    for (const segment of delegatedIn(document)) {
      const verdict = verdictOf(findings, segment);
      if (verdict === undefined || seen.has(segment)) continue;
      seen.add(segment);
      const key = keyOf(document, segment);
      if (this.#said.get(key) === verdict) continue;
      this.#said.set(key, verdict);
      const name = decoded(document.segments[segment]?.name ?? '');
      this.emit('verdict', { name, range: rangeOfSegment(text, document, segment), verdict });
    }
  }
}

function verdictOf({ errors, proved }: Findings, segment: number): 'ok' | 'error' | undefined {
  if (errors.has(segment)) return 'error';
  return proved.has(segment) ? 'ok' : undefined;
}

function problemIn(text: PositionedText, { place, message, name }: RocqProblem): SessionProblem {
  const range = place ? text.rangeOf(place) : { start: text.end, end: text.end };
  return { range, message, ...(name === undefined ? {} : { name }) };
}

function errorOf(result: RocqResult | undefined): string {
  if (result?.type === 'spineError' || result?.type === 'error') return decoded(result.error.message);
  return 'an error before it keeps it from being reached';
}
