import { Refusal } from '../engine/engine.ts';
import { RocqError } from '../engine/errors.ts';
import type { RocqAnswer, RocqRequest, RocqResponse, SentenceError } from './messages.ts';
import { Script } from './script.ts';
import { Spine } from './spine.ts';

type Prove = Extract<RocqRequest, { type: 'prove' }>;
type Try = Extract<RocqRequest, { type: 'try' }>;
type AboutHeld = Extract<RocqRequest, { key: string }>;

/** The worker's side of the kind: one engine, the spine that it has executed, and the broken proof that it holds. */
export class RocqSession {
  readonly #spine = new Spine();
  #held: { readonly key: string; readonly script: Script } | undefined;

  /** Performs a request. The engine is killed if `signal` aborts or the request's time is over. */
  async perform(request: RocqRequest, signal: AbortSignal): Promise<RocqResponse> {
    const begin = performance.now();
    const limit = 'timeoutMs' in request ? request.timeoutMs : undefined;
    const onAbort = (): void => this.#kill(new RocqError('ROCQ_DIED', 'its task was cancelled'));
    const onTime = (): void => this.#kill(new RocqError('ROCQ_TIMEOUT', `it ran longer than ${limit} ms`));
    const timer = limit === undefined ? undefined : setTimeout(onTime, limit);
    signal.addEventListener('abort', onAbort);
    try {
      return { ...(await this.#answer(request)), ...this.#vitals(begin) };
    } catch (error) {
      if (!(error instanceof RocqError) || error.code !== 'ROCQ_TIMEOUT') throw error;
      const late: SentenceError = { index: 0, message: `Timeout: ${error.message}.` };
      return { type: 'error', error: late, held: false, dead: true, ...this.#vitals(begin) };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
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

  async #answer(request: RocqRequest): Promise<RocqAnswer> {
    if (request.type === 'states' || request.type === 'repair' || request.type === 'release')
      return this.#about(request);
    this.#held = undefined;
    const stopped = await this.#spine.reach(request);
    if (stopped) return stopped;
    if (request.type === 'prove') return this.#prove(request);
    if (request.type === 'try') return this.#try(request);
    if (request.type === 'spine') return { type: 'spine', pending: await this.#pending() };
    try {
      return { type: 'answer', text: await this.#spine.engine.query(request.text) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { type: 'answer', text: `Error: ${error.message}` };
    }
  }

  async #prove({ key, script: texts, hold }: Prove): Promise<RocqAnswer> {
    const script = new Script(this.#spine.engine);
    const error = await script.open(texts.slice(0, -1));
    const joins = error === undefined && (await script.joins());
    return this.#judged(key, script, error ?? (await script.run(texts.slice(-1))), joins, hold);
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
    if (request.type === 'repair') {
      const { script } = held;
      const error = await script.open(request.script.slice(0, -1));
      const joins = error === undefined && (await script.joins());
      return this.#judged(request.key, script, error ?? (await script.run(request.script.slice(-1))), joins, true);
    }
    const goals = request.type === 'states' ? await this.#spine.engine.query('Show.', held.script.safe) : '';
    if (request.type === 'release' || (request.type === 'states' && request.release)) {
      this.#held = undefined;
      await held.script.leave();
    }
    return request.type === 'states' ? { type: 'states', goals } : { type: 'released' };
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
    const open = blocks.at(-1);
    if (blocks.length > 1 && open !== undefined) return `The section or module ${open} needs to be closed.`;
    const obligations = await engine.query('Obligations.');
    return /\bobligations?(?:\(s\))? remaining\b/.test(obligations)
      ? `Unsolved obligations: ${obligations.trim()}`
      : undefined;
  }
}
