import { Refusal, type RocqEngine } from '../engine/engine.ts';
import { RocqError } from '../engine/errors.ts';
import { compile } from './compile.ts';
import type { RocqAnswer, RocqRequest, RocqResponse, SentenceError, StaleUses } from './messages.ts';
import { proveAtOnce, Script, staleUses } from './script.ts';
import { Spine } from './spine.ts';

type Prove = Extract<RocqRequest, { type: 'prove' }>;
type Try = Extract<RocqRequest, { type: 'try' }>;
type Ask = Extract<RocqRequest, { type: 'query' | 'goals' }>;
type AboutHeld = Extract<RocqRequest, { type: 'states' | 'repair' | 'release' }>;

/** The time in ms that an engine has to stop after an interrupt. Then it is killed: some tactics notice nothing. */
const OBEYS = 400;

/** The worker's side of the kind: one engine, the spine that it has executed, and the broken proof that it holds. */
export class RocqSession {
  readonly #spine = new Spine();
  #held: { readonly key: string; readonly script: Script } | undefined;

  /** Performs a request. The engine is killed if `signal` aborts, or if the time for the proof is over. */
  async perform(request: RocqRequest, signal: AbortSignal): Promise<RocqResponse> {
    const begin = performance.now();
    let deadline: ReturnType<typeof setTimeout> | undefined;
    const kill = (): void => this.#kill(new RocqError('ROCQ_DIED', 'its task was cancelled'));
    // The engine keeps what it has executed: it would load it again for longer than an interrupt takes.
    const onAbort = (): void => {
      if (this.#spine.interrupt()) deadline = setTimeout(kill, OBEYS);
    };
    signal.addEventListener('abort', onAbort);
    try {
      const answer = this.#believed(await this.#answer(request, signal));
      // An answer after an interrupt is none: the interrupt may be its error.
      return { ...(signal.aborted ? await this.#recover() : answer), ...this.#vitals(begin) };
    } catch (error) {
      if (signal.aborted && error instanceof RocqError && error.code === 'ROCQ_STOPPED') {
        return { ...(await this.#recover()), ...this.#vitals(begin) };
      }
      if (!(error instanceof RocqError) || error.code !== 'ROCQ_TIMEOUT') throw error;
      const late: SentenceError = { index: 0, message: `Timeout: ${error.message}.` };
      return { type: 'error', error: late, held: false, dead: true, ...this.#vitals(begin) };
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** An engine that went back over a change of its grammar is not believed when it cannot read a sentence: a new one is asked. */
  #believed(answer: RocqAnswer): RocqAnswer {
    const isSyntax = 'error' in answer && /^Syntax error\b/.test(answer.error?.message ?? '');
    if (!isSyntax || !this.#spine.isDoubtful) return answer;
    this.#kill(new RocqError('ROCQ_DIED', 'it went back over a notation'));
    return { type: 'mismatch', problem: 'its engine went back over a notation, and cannot read a sentence' };
  }

  async #recover(): Promise<RocqAnswer> {
    this.#held = undefined;
    await this.#spine.recover();
    return { type: 'stopped' };
  }

  /** Waits for the work on a proof; the engine is killed when its time is over. */
  async #within<T>(limit: number | undefined, work: () => Promise<T>): Promise<T> {
    if (limit === undefined) return work();
    const late = new RocqError('ROCQ_TIMEOUT', `the proof ran longer than ${limit} ms`);
    const timer = setTimeout(() => this.#kill(late), limit);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the engine. */
  dispose(): void {
    this.#kill(new RocqError('ROCQ_DIED', 'its worker ended'));
  }

  #kill(reason: RocqError): void {
    this.#held = undefined;
    this.#spine.kill(reason);
  }

  #vitals(begin: number) {
    const engine = this.#spine.running;
    return {
      ms: performance.now() - begin,
      pid: process.pid,
      ...(engine?.pid === undefined ? {} : { enginePid: engine.pid }),
      rss: engine?.rss() ?? 0,
      chain: this.#spine.chain,
    };
  }

  async #answer(request: RocqRequest, signal: AbortSignal): Promise<RocqAnswer> {
    if (request.type === 'states' || request.type === 'repair' || request.type === 'release')
      return this.#about(request);
    if (request.type === 'compile') return compile(request, signal);
    this.#held = undefined;
    const stopped = await this.#spine.reach(request);
    if (stopped) return stopped;
    if (request.type === 'prove') return this.#within(request.timeoutMs, () => this.#prove(request));
    if (request.type === 'try') return this.#within(request.timeoutMs, () => this.#try(request));
    if (request.type === 'spine') return { type: 'spine', pending: await this.#pending(), uses: this.#spine.uses };
    return this.#within(request.timeoutMs, () => this.#ask(request));
  }

  /** Answers in the state behind the first sentences of a segment, or in the state before the one that fails. */
  async #ask(request: Ask): Promise<RocqAnswer> {
    const { engine } = this.#spine;
    const script = new Script(engine);
    const error = await script.open(request.script);
    if (error) await script.rewind();
    const answer = await this.#answerHere(request, engine, error);
    await script.leave();
    return answer;
  }

  async #answerHere(request: Ask, engine: RocqEngine, error: SentenceError | undefined): Promise<RocqAnswer> {
    try {
      if (request.type === 'query') return { type: 'answer', text: await engine.query(request.text) };
      return { type: 'goals', goals: await engine.goals(), ...(error === undefined ? {} : { error }) };
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      const { message } = refusal;
      if (request.type === 'query') return { type: 'answer', text: `Error: ${message}` };
      return { type: 'goals', goals: undefined, error: { index: request.script.length, message } };
    }
  }

  async #prove({ key, script: texts, hold, hash, hashJoined, uses }: Prove): Promise<RocqAnswer> {
    const { engine } = this.#spine;
    const staleAt = async (statement: number, end: number): Promise<StaleUses | undefined> =>
      uses === undefined ? undefined : staleUses(engine, uses, statement, end);
    const done = await proveAtOnce(engine, texts, (all) => this.#spine.implies(all));
    if (done) {
      const { joins } = done;
      const stale = await staleAt(done.statement, done.state);
      if (stale) await this.#spine.rewind();
      else this.#spine.keepProof(joins ? hashJoined : hash, texts[0] as string, done.state);
      return { type: 'proved', joins, ...(stale ? { stale } : {}) };
    }
    await this.#spine.rewind();
    const script = new Script(engine);
    const opened = await script.open(texts.slice(0, -1));
    const joins = opened === undefined && (await script.joins((all) => this.#spine.implies(all)));
    const error = opened ?? (await script.run(texts.slice(-1)));
    const [statement] = script.states;
    const stale = error || statement === undefined ? undefined : await staleAt(statement, script.safe);
    return { ...(await this.#judged(key, script, error, joins, hold)), ...(stale ? { stale } : {}) };
  }

  async #judged(
    key: string,
    script: Script,
    error: SentenceError | undefined,
    joins: boolean,
    hold: boolean,
  ): Promise<RocqAnswer> {
    if (error !== undefined && hold) {
      await script.rewind();
      this.#held = { key, script };
      return { type: 'error', error, held: true };
    }
    this.#held = undefined;
    await script.leave();
    return error === undefined ? { type: 'proved', joins } : { type: 'error', error, held: false };
  }

  async #about(request: AboutHeld): Promise<RocqAnswer> {
    const held = this.#held;
    if (held?.key !== request.key || !this.#spine.running) {
      return { type: 'mismatch', problem: `it does not hold the proof ${request.key}` };
    }
    if (request.type === 'repair') return this.#within(request.timeoutMs, () => this.#repair(request, held.script));
    const goals = request.type === 'states' ? await this.#spine.engine.query('Show.', held.script.safe) : '';
    if (request.type === 'release' || (request.type === 'states' && request.release)) {
      this.#held = undefined;
      await held.script.leave();
    }
    return request.type === 'states' ? { type: 'states', goals } : { type: 'released' };
  }

  async #repair({ key, script: texts }: Extract<RocqRequest, { type: 'repair' }>, script: Script): Promise<RocqAnswer> {
    const error = await script.open(texts.slice(0, -1));
    const joins = error === undefined && (await script.joins((all) => this.#spine.implies(all)));
    return this.#judged(key, script, error ?? (await script.run(texts.slice(-1))), joins, true);
  }

  async #try({ script: texts, candidates }: Try): Promise<RocqAnswer> {
    const script = new Script(this.#spine.engine);
    const broken = await script.open(texts);
    if (broken) {
      await script.leave();
      return { type: 'error', error: broken, held: false };
    }
    const failures: string[] = [];
    let found: number | undefined;
    for (const candidate of candidates) {
      const attempt = new Script(this.#spine.engine);
      const error = await attempt.open([candidate]);
      await attempt.leave();
      if (error === undefined) {
        found = failures.length;
        break;
      }
      failures.push(error.message);
    }
    await script.leave();
    return { type: 'tried', found, failures };
  }

  /** Returns what coqc would miss at the end of the file, in its words. */
  async #pending(): Promise<string | undefined> {
    const { engine } = this.#spine;
    const { blocks, proof } = await engine.status(true);
    if (proof !== undefined) return `There are pending proofs: ${proof}.`;
    const open = this.#spine.openBlock(blocks);
    if (open !== undefined) return `The section or module ${open} needs to be closed.`;
    const obligations = await engine.query('Obligations.');
    return /\bobligations?(?:\(s\))? remaining\b/.test(obligations)
      ? `Unsolved obligations: ${obligations.trim()}`
      : undefined;
  }
}
