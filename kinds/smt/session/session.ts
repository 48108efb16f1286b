import { threadId } from 'node:worker_threads';
import type { PerformContext } from '../../kind.ts';
import { openEngine } from '../engine/open-engine.ts';
import { EngineDiedError } from '../text/errors.ts';
import type { Hash } from '../text/goal.ts';
import { rejectionsOf } from '../text/reply.ts';
import { Context } from './context.ts';
import type { CheckRequest, RunFeedback, RunRequest, SessionRequest, SessionResponse } from './messages.ts';
import { ask, askWith, boundsOf, stoppedBy } from './question.ts';
import { type Answer, Refusal } from './refusal.ts';
import { Run } from './run.ts';
import { Texts } from './texts.ts';
import { Watch } from './watch.ts';

// In ms. A solver that does not answer anything by then will never do so.
const longestStart = 30_000;

/** Receives the verdicts of a run. */
type OnFeedback = (feedback: RunFeedback) => void;

/** The goal that a worker keeps for further requests. */
interface Held {
  readonly key: Hash;
  readonly request: CheckRequest;
}

/**
 * The solver of one worker with its state: texts by their hashes, a context, and the goal for a model or a repair. In
 * the worker; one request at a time.
 *
 * A request says which state the master expects. A worker in another state answers `mismatch`, never a verdict.
 */
export class Session {
  readonly #texts: Texts;
  #context: Context | undefined;
  #held: Held | undefined;
  /** The process of the solver that was ended last. */
  #endedPid: number | undefined;

  /** Makes a session. `textLimit` is the number of UTF-16 units of texts that it keeps. */
  constructor(textLimit?: number) {
    this.#texts = new Texts(textLimit);
  }

  /**
   * Answers one request; `onFeedback` gets the verdicts of a run. Rejects with `EngineDiedError` when the solver dies without
   * a request to stop.
   */
  async perform(
    request: SessionRequest,
    { signal }: Pick<PerformContext, 'signal'>,
    onFeedback: OnFeedback = () => {},
  ): Promise<SessionResponse> {
    const start = performance.now();
    const answer = await this.#answer(request, signal, onFeedback).catch((error: unknown) => this.#refuse(error));
    return { ...answer, ms: performance.now() - start, ...this.#pids(), rss: this.#rss() };
  }

  #rss(): number {
    return process.memoryUsage.rss() + (this.#context?.engine.rss() ?? 0);
  }

  #pids() {
    const solverPid = this.#context === undefined ? this.#endedPid : this.#context.engine.pid?.();
    return { pid: process.pid, ...(solverPid === undefined ? {} : { solverPid }), threadId };
  }

  /**
   * Lets the solver of the held goal answer a user's text. The worker is not used again afterwards. @throws {Refusal}
   * at a rejected command
   */
  async query(text: string): Promise<string> {
    const engine = this.#context?.engine;
    if (!engine) throw new EngineDiedError('there is no solver to ask');
    return (await engine.eval(text)).text;
  }

  /** Ends the solver. The session stays usable: the next check starts another solver. */
  dispose(): void {
    this.#endedPid = this.#context?.engine.pid?.() ?? this.#endedPid;
    this.#context?.engine.kill('its session ended');
    this.#context = undefined;
    this.#held = undefined;
  }

  #refuse(error: unknown): Answer {
    this.#held = undefined;
    if (error instanceof Refusal) {
      this.#context?.forget();
      return error.answer;
    }
    this.dispose();
    throw error;
  }

  async #answer(request: SessionRequest, signal: AbortSignal, onFeedback: OnFeedback): Promise<Answer> {
    if (request.type === 'check') return this.#check(request, signal);
    if (request.type === 'run') return this.#run(request, signal, onFeedback);
    const engine = this.#context?.engine;
    const held = this.#held;
    if (!engine || held?.key !== request.key) throw new Refusal({ type: 'mismatch', problem: 'it holds another goal' });
    if (request.type === 'release') {
      this.#held = undefined;
      return { type: 'released' };
    }
    if (request.type === 'model') {
      const { text } = await engine.eval('(get-model)');
      const rejection = rejectionsOf(text)[0];
      return rejection ? { type: 'model', reason: rejection.message } : { type: 'model', text: text.trim() };
    }
    const bounds = boundsOf({ ...held.request.limits, ...request.limits }, held.request.options);
    using watch = new Watch(engine, bounds.deadlineMs, signal);
    const answer = await this.#unlessStopped(watch, askWith(engine, watch, request.add, held.request.check, bounds));
    if (answer.type === 'verdict' && (answer.verdict === 'unsat' || answer.dropped)) this.#held = undefined;
    return answer;
  }

  async #check(request: CheckRequest, signal: AbortSignal): Promise<Answer> {
    if (request.rejected !== undefined) {
      throw new Refusal({ type: 'error', message: request.rejected, at: { chunk: 'check', line: 1, column: 1 } });
    }
    this.#mustContinue(request);
    const { texts, learnt } = this.#textsFor(request);
    this.#held = undefined;
    const bounds = boundsOf(request.limits, request.options);
    const context = await this.#open(request, signal);
    using watch = new Watch(context.engine, bounds.deadlineMs, signal);
    const answer = await this.#unlessStopped(
      watch,
      context
        .load(request, texts)
        .then((before) =>
          watch.reason ? stoppedBy(watch, false) : ask(context.engine, watch, request.check, bounds, before),
        ),
    );
    if (answer.type !== 'verdict') return answer;
    if (answer.dropped) context.forget();
    if (answer.verdict === 'sat' && request.hold && !answer.dropped) this.#held = { key: request.key, request };
    const refused = context.refusedOf(request.settings);
    const answers: string[] = [];
    if (!answer.dropped && answer.verdict !== 'unknown') {
      for (const ask of request.asks ?? []) answers.push((await context.engine.eval(ask)).text.trim());
    }
    return {
      ...answer,
      ...(answers.length > 0 ? { answers } : {}),
      ...(learnt ? { texts: this.#texts.hashes } : {}),
      ...(refused.length > 0 ? { refused } : {}),
    };
  }

  async #run(request: RunRequest, signal: AbortSignal, onFeedback: OnFeedback): Promise<Answer> {
    const [first] = request.steps;
    if (first?.to !== undefined) this.#mustContinue({ ...request, ...first, type: 'check', hold: false });
    this.#held = undefined;
    let learnt = false;
    const context = await this.#open(request, signal);
    const vitals = { ...this.#pids(), rss: this.#rss() };
    const { done, stop, stopWork, isBroken } = await new Run({
      context,
      request,
      signal,
      textsOf: (check) => {
        const found = this.#textsFor(check);
        learnt ||= found.learnt;
        return found.texts;
      },
      onVerdict: (outcome, index, work) => {
        const refused = context.refusedOf(request.settings);
        onFeedback({ ...outcome, index, ...(refused.length > 0 ? { refused } : {}), ...vitals, ...work });
      },
    }).perform();
    const refused = context.refusedOf(request.settings);
    if (isBroken) this.dispose();
    else if (stop) context.forget();
    return {
      type: 'ran',
      done,
      ...(stop === undefined ? {} : { stop }),
      ...(stopWork === undefined ? {} : { stopWork }),
      ...(refused.length > 0 ? { refused } : {}),
      ...(learnt ? { texts: this.#texts.hashes } : {}),
    };
  }

  /**
   * Turns refusals after a stop into the answer of a stopped check: they are no fault of the file, since Z3 then
   * answers "canceled" to every command.
   */
  async #unlessStopped(watch: Watch, work: Promise<Answer>): Promise<Answer> {
    try {
      return await work;
    } catch (error) {
      if (!watch.reason || !(error instanceof Refusal || error instanceof EngineDiedError)) throw error;
      this.dispose();
      return stoppedBy(watch, true);
    }
  }

  /**
   * Returns the texts to read, in order. The texts of the request are kept, except the last, which only this goal has.
   */
  #textsFor({ push }: CheckRequest): { texts: string[]; learnt: boolean } {
    let learnt = false;
    const texts = push.map(({ hash, text }, i) => {
      const found = text ?? this.#texts.get(hash);
      if (found === undefined) throw new Refusal({ type: 'mismatch', problem: `it does not have the text ${hash}` });
      if (text !== undefined && i < push.length - 1) learnt = this.#texts.add(hash, text) || learnt;
      return found;
    });
    return { texts, learnt };
  }

  /** @throws {Refusal} when a request continues another context than the worker's */
  #mustContinue(request: CheckRequest): void {
    if (request.to === undefined || this.#context?.continues(request)) return;
    throw new Refusal({ type: 'mismatch', problem: 'the request continues another context' });
  }

  async #open({ engine }: Pick<CheckRequest, 'engine'>, signal: AbortSignal): Promise<Context> {
    if (this.#context?.engine.name === engine) return this.#context;
    this.dispose();
    const opened = await openEngine(engine);
    this.#context = new Context(opened);
    // The start of a solver's process is no part of a goal's time.
    using _watch = new Watch(opened, longestStart, signal);
    if (opened.pid?.() !== undefined) await opened.eval('');
    return this.#context;
  }
}
