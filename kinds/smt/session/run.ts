import type { Engine, Reply } from '../engine/engine.ts';
import { EngineDiedError } from '../text/errors.ts';
import { infoOf, rejectionsOf, verdictOf } from '../text/reply.ts';
import { type Context, counts } from './context.ts';
import type { CheckRequest, RunFeedback, RunRequest, RunStop, Vitals, Work } from './messages.ts';
import { ask, type Bounds, boundsOf, stoppedBy, unboundedAfter } from './question.ts';
import { Refusal } from './refusal.ts';
import { Watch } from './watch.ts';

/** The most goals, and UTF-16 units of their texts, that a solver is sent before it has answered the first of them. */
const AHEAD = { goals: 64, units: 1 << 20 } as const;

const loaded = 'statepool-loaded-above';
const decided = 'statepool-decided-above';
const modelled = 'statepool-model-below';
/** The most ms by which this process may see the start of a check later than the solver. */
const late = 20;

/** A plain verdict, without the vitals of its worker. */
type Plain = Omit<RunFeedback, keyof Vitals | 'refused' | 'index'>;

/** The outcome of a goal of a run. */
type Outcome = Plain | RunStop;

/** A goal whose commands a solver has got, and its output for them. */
interface Sent {
  readonly units: number;
  readonly printed: Promise<Reply>;
  readonly solverPid: number | undefined;
  /** The time of the solver, once it has answered. */
  ms?: number;
}

/** The end of a run: the number of goals with a verdict, and the outcome that ended it early, with its work. */
export interface Ran {
  readonly done: number;
  readonly stop?: RunStop;
  readonly stopWork?: Work;
  /** Is `true` if the solver is of no more use. */
  readonly isBroken: boolean;
}

/** The parts that a run gets from its session. */
interface RunParts {
  readonly context: Context;
  readonly request: RunRequest;
  readonly signal: AbortSignal;
  /** Returns the texts of a goal. @throws {Refusal} if one is not there */
  textsOf(check: CheckRequest): readonly string[];
  /** Is called with each verdict, in order. */
  onVerdict(outcome: Plain, index: number, work: Work): void;
}

/**
 * Checks goals one after the other, by the same commands in the same order as a check of each. A solver that can read
 * ahead gets the next goals before it has answered. In the worker, once a run.
 *
 * The first outcome that is no plain verdict ends the run. A solver that has then read more is of no more use: what it
 * says after that outcome is not believed.
 */
export class Run {
  readonly #parts: RunParts;
  readonly #engine: Engine;
  readonly #checks: readonly CheckRequest[];
  readonly #bounds: Bounds;
  readonly #sent: Sent[] = [];
  #units = 0;
  #next = 0;
  #wasKilled = false;

  constructor(parts: RunParts) {
    const { steps, model, twin: _, ...common } = parts.request;
    this.#parts = parts;
    this.#engine = parts.context.engine;
    this.#checks = steps.map((step): CheckRequest => ({ ...common, ...step, type: 'check', hold: model }));
    this.#bounds = boundsOf(common.limits, common.options);
  }

  /** Checks the goals. */
  async perform(): Promise<Ran> {
    const checks = this.#checks;
    for (let done = 0; done < checks.length; done++) {
      this.#sendAhead();
      const one = this.#sent.shift();
      const start = performance.now();
      const outcome = await (one ? this.#decide(one) : this.#checkAlone(checks[this.#next++] as CheckRequest));
      const ms = one?.ms ?? performance.now() - start;
      const solverPid = one ? one.solverPid : this.#engine.pid?.();
      const work = { ms, ...(solverPid === undefined ? {} : { solverPid }) };
      if ('type' in outcome) return this.#ended(done, outcome, work);
      this.#parts.onVerdict(outcome, done, work);
    }
    return { done: checks.length, isBroken: false };
  }

  #ended(done: number, stop: RunStop, stopWork: Work): Ran {
    return { done, stop, stopWork, isBroken: this.#wasKilled || this.#sent.length > 0 };
  }

  /** Sends goals as long as they need not wait for an answer. */
  #sendAhead(): void {
    const { context, textsOf, request } = this.#parts;
    const most = this.#engine.readsAhead ? AHEAD.goals : 0;
    const sent = this.#sent;
    while (this.#next < this.#checks.length && sent.length < most && (sent.length === 0 || this.#units < AHEAD.units)) {
      const check = this.#checks[this.#next] as CheckRequest;
      const texts = textsOf(check);
      const commands = context.commandsTo(check, texts, request.twin === true);
      if (commands === undefined) return;
      const solverPid = this.#engine.pid?.();
      const printed = this.#engine.eval(`${commands}\n${this.#questionOf(check)}`);
      // The run may end before it gets there.
      printed.catch(() => {});
      const units = texts.reduce((sum, text) => sum + text.length, 0);
      sent.push({ printed, units, solverPid });
      this.#units += units;
      this.#next++;
    }
  }

  #questionOf({ check }: CheckRequest): string {
    const limits = this.#engine.limits(this.#bounds.timeoutMs, this.#bounds.rlimit);
    const infos = `${counts(this.#engine) ? '(get-info :rlimit)\n' : ''}(get-info :reason-unknown)\n${unboundedAfter(this.#engine, this.#bounds)}`;
    const question = `(echo "${loaded}")\n${limits}\n${check}\n(echo "${decided}")\n${infos}`;
    return this.#parts.request.model ? `${question}\n(echo "${modelled}")\n(get-model)` : question;
  }

  async #decide(one: Sent): Promise<Outcome> {
    this.#units -= one.units;
    const { timeoutMs, rlimit } = this.#bounds;
    return this.#watched(async (watch) => {
      watch.timed(timeoutMs);
      const { text, ms } = await one.printed;
      one.ms = ms;
      const outcome = outcomeOf(text);
      if (timeoutMs === undefined || !('type' in outcome) || outcome.type !== 'unknown') return outcome;
      // Nothing else than its clock or its count of units makes a solver say "canceled".
      const isCanceled = outcome.reason === 'canceled' && rlimit === undefined;
      const isTimeOver = isCanceled || ms >= timeoutMs - Math.min(late, timeoutMs / 4);
      return isTimeOver ? { ...outcome, reason: 'timeout' } : outcome;
    });
  }

  /** Checks a goal that must wait for the answers to those before, or whose solver begins a new context. */
  #checkAlone(check: CheckRequest): Promise<Outcome> {
    const { context, textsOf, request } = this.#parts;
    const engine = this.#engine;
    return this.#watched(async (watch) => {
      const before = await context.load(check, textsOf(check));
      const answer = watch.reason
        ? stoppedBy(watch, false)
        : await ask(engine, watch, check.check, this.#bounds, before);
      const { verdict, reason = '' } = answer;
      const rlimit = answer.rlimit === undefined ? {} : { rlimit: answer.rlimit };
      if (verdict === 'unknown') return { type: 'unknown', reason, ...rlimit };
      // The next command may be the one that was interrupted.
      if (answer.dropped) return { type: 'error' };
      if (verdict === 'unsat' || !request.model) return { verdict, ...rlimit };
      const { text } = await engine.eval('(get-model)');
      return rejectionsOf(text).length > 0 ? { type: 'error' } : { verdict, ...rlimit, model: text.trim() };
    });
  }

  async #watched(work: (watch: Watch) => Promise<Outcome>): Promise<Outcome> {
    const engine = this.#engine;
    using watch = new Watch(engine, this.#bounds.deadlineMs, this.#parts.signal);
    try {
      return await work(watch);
    } catch (error) {
      this.#wasKilled ||= !(error instanceof Refusal) || watch.reason !== undefined;
      if (!(error instanceof Refusal || error instanceof EngineDiedError)) throw error;
      const { reason } = watch;
      if (reason === undefined) return { type: error instanceof Refusal ? 'error' : 'died' };
      // The time limit of a solver that reads ahead counts from the start of the goal's texts: too early.
      return reason === 'timeout' && engine.readsAhead ? { type: 'error' } : { type: 'unknown', reason };
    }
  }
}

/** Returns the outcome of a goal by all that its solver printed. */
function outcomeOf(printed: string): Outcome {
  const [loading, asking] = partsOf(printed, loaded);
  const [answered, told] = partsOf(asking ?? '', decided);
  if (asking === undefined || told === undefined) return { type: 'error' };
  const [infos, modelText] = partsOf(told, modelled);
  if (rejectionsOf(loading).length > 0 || rejectionsOf(answered).length > 0) return { type: 'error' };
  const verdict = verdictOf(answered);
  const spent = infoOf(infos, 'rlimit');
  const rlimit = spent === undefined ? {} : { rlimit: Number(spent) - Number(infoOf(loading, 'rlimit') ?? 0) };
  if (verdict === undefined) return { type: 'error' };
  if (verdict === 'unknown') {
    return { type: 'unknown', reason: infoOf(infos, 'reason-unknown') ?? 'the solver does not say', ...rlimit };
  }
  if (verdict === 'unsat' || modelText === undefined) return { verdict, ...rlimit };
  if (rejectionsOf(modelText).length > 0) return { type: 'error' };
  // cvc5 echoes the mark with its quotes.
  return { verdict, ...rlimit, model: modelText.replace(/^"/, '').trim() };
}

function partsOf(text: string, mark: string): [before: string, after: string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}
