import type { Engine } from '../engine/engine.ts';
import { plainOptionName } from '../text/option-name.ts';
import { infoOf, rejectionsOf, verdictOf } from '../text/reply.ts';
import { counts, spentBy } from './context.ts';
import type { CheckRequest, Limits } from './messages.ts';
import { type Answer, errorOf, Refusal } from './refusal.ts';
import type { Watch } from './watch.ts';

/** The answer to a check. */
export type VerdictAnswer = Extract<Answer, { type: 'verdict' }>;

/** The bounds of a check: its limits combined with the options of its file. */
export interface Bounds {
  readonly timeoutMs: number | undefined;
  readonly rlimit: number | undefined;
  readonly deadlineMs: number;
}

const mark = 'statepool-verdict-above';
const boundary = /\b(canceled|timeout|resource limit|rlimit)\b/i;

/** Returns the bounds of a check. The caller's limits override the file's options. */
export function boundsOf(limits: Limits, options: CheckRequest['options']): Bounds {
  const set = (...names: string[]) =>
    Number(options.findLast(([name]) => names.includes(plainOptionName(name)))?.[1] ?? 0);
  const fileTimeout = set('timeout');
  const fileRlimit = set('rlimit', 'reproducible_resource_limit');
  // Z3 writes "no timeout" as the largest number of 32 bits.
  const timeoutMs = limits.timeoutMs ?? (fileTimeout > 0 && fileTimeout < 4294967295 ? fileTimeout : undefined);
  const rlimit = limits.rlimit ?? (fileRlimit > 0 ? fileRlimit : undefined);
  const deadlineMs = limits.deadlineMs ?? (timeoutMs === undefined ? 3_600_000 : 2 * timeoutMs + 30_000);
  return { timeoutMs, rlimit, deadlineMs };
}

/** Returns the answer of a check that was stopped before its solver had a verdict. */
export function stoppedBy(watch: Watch, broken: boolean): VerdictAnswer {
  const answer = { type: 'verdict', verdict: 'unknown', reason: watch.reason ?? 'cancelled', dropped: true } as const;
  return broken ? { ...answer, broken } : answer;
}

/**
 * Returns the commands that remove the bounds of a check after it. Z3 would also apply them to the assertions of the
 * next goal, and refuse one.
 */
export function unboundedAfter(engine: Engine, { timeoutMs, rlimit }: Bounds): string {
  return counts(engine) && (timeoutMs ?? rlimit) !== undefined ? engine.limits(undefined, undefined) : '';
}

/**
 * Asks a solver that has read a goal for its verdict. `before` is the number of resource units that do not count for
 * the goal.
 *
 * @throws {Refusal} when the solver refuses the check itself
 */
export async function ask(
  engine: Engine,
  watch: Watch,
  check: string,
  bounds: Bounds,
  before: number,
): Promise<VerdictAnswer> {
  watch.timed(bounds.timeoutMs);
  const limits = engine.limits(bounds.timeoutMs, bounds.rlimit);
  const infos = counts(engine)
    ? `(get-info :rlimit)\n(get-info :reason-unknown)\n${unboundedAfter(engine, bounds)}`
    : '';
  const start = performance.now();
  const reply = await engine.eval(`${limits}\n${check}\n(echo "${mark}")\n${infos}`);
  const isTimeOver = bounds.timeoutMs !== undefined && performance.now() - start >= bounds.timeoutMs;
  watch.untimed();
  const [answered = '', infoText = ''] = reply.text.split(mark);
  const verdict = verdictOf(answered);
  const rejection = rejectionsOf(answered)[0];
  const spent = infoOf(infoText, 'rlimit');
  const rlimit = spent === undefined ? {} : { rlimit: Number(spent) - before };
  if (watch.reason && (rejection || verdict === undefined || verdict === 'unknown')) {
    return { ...stoppedBy(watch, false), ...rlimit };
  }
  // Z3 reports an error if it reaches a bound while it simplifies: the goal itself has no error.
  if (rejection && !verdict && boundary.test(rejection.message)) {
    return { type: 'verdict', verdict: 'unknown', reason: isTimeOver ? 'timeout' : rejection.message, ...rlimit };
  }
  if (rejection) throw new Refusal(errorOf(rejection, reply, [{ chunk: 'check', line: 1 }]));
  if (!verdict) {
    const message = `the solver answered '${answered.trim().slice(0, 200)}', which is not a verdict`;
    throw new Refusal({ type: 'error', message, at: { chunk: 'check', line: 1, column: 1 } });
  }
  // A solver whose own clock has stopped it says "canceled", or "incomplete".
  const reason = verdict === 'unknown' ? { reason: isTimeOver ? 'timeout' : await reasonOf(engine, infoText) } : {};
  // The interrupt came too late for this verdict, but may still stop the next command.
  const dropped = watch.reason ? { dropped: true as const } : {};
  return { type: 'verdict', verdict, ...reason, ...rlimit, ...dropped };
}

/** Asks once more with added assertions, which are taken back afterwards. */
export async function askWith(
  engine: Engine,
  watch: Watch,
  add: string,
  check: string,
  bounds: Bounds,
): Promise<Answer> {
  const before = await spentBy(engine);
  const reply = await engine.eval(`(push 1)\n${add}`);
  const rejection = rejectionsOf(reply.text)[0];
  if (rejection) {
    await engine.eval('(pop 1)');
    return errorOf(rejection, reply, [{ chunk: 0, line: 1 }]);
  }
  const answer = await ask(engine, watch, check, bounds, before);
  const model = answer.verdict === 'sat' ? { model: (await engine.eval('(get-model)')).text.trim() } : {};
  await engine.eval('(pop 1)');
  return { ...answer, ...model };
}

async function reasonOf(engine: Engine, infoText: string): Promise<string> {
  const text = counts(engine) ? infoText : (await engine.eval('(get-info :reason-unknown)')).text;
  return infoOf(text, 'reason-unknown') ?? 'the solver does not say';
}
