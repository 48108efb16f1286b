import type { DocumentNote, Goal, GoalResult } from '../../kinds/index.ts';
import { elementsOf } from '../../kinds/smt/text/lexer.ts';
import { counterexampleOf } from './counterexample.ts';
import type { Origin } from './ways/way.ts';

/** The printed outcome of one goal; each line of `--json` has the same fields. */
export interface GoalReport {
  readonly type: 'goal';
  readonly file: string;
  /** The position among the goals of its file, from 0. */
  readonly index: number;
  readonly line: number;
  readonly name?: string;
  readonly verdict: 'unsat' | 'sat' | 'unknown' | 'error';
  /** The verdict of the file's `:status`, else `unsat`. `unknown` accepts any verdict. */
  readonly expected: 'unsat' | 'sat' | 'unknown';
  readonly isAsExpected: boolean;
  readonly reason?: string;
  /** The model as the solver printed it. */
  readonly model?: string;
  /** The model's constants, without those that the file defines. */
  readonly counterexample?: Readonly<Record<string, string>>;
  /** The questions of the file after the check, each with the solver's answer. */
  readonly answers?: readonly { readonly ask: string; readonly answer: string }[];
  /** The names of the assertions that are enough for `unsat`, if the file asks for them. */
  readonly core?: readonly string[];
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly line?: number;
    readonly column?: number;
    /** The opposite answers of engines that disagree. */
    readonly answers?: readonly { readonly engine: string; readonly verdict: string }[];
  };
  /** The options and the logic that the solver refused: they have no effect. */
  readonly warnings?: readonly DocumentNote[];
  /** The engine whose answer it is, where several were asked. */
  readonly engine?: string;
  /** The factor of the limits of the attempt that decided, if it was not the first. */
  readonly scale?: number;
  /** Is `true` if the assertions that were enough for an earlier proof were enough again. */
  readonly hinted?: true;
  /** Is `true` for a proof of an earlier run. */
  readonly cached?: true;
  readonly rlimit?: number;
  readonly ms?: number;
  readonly pid?: number;
  readonly threadId?: number;
}

/** Returns the report of a goal with a verdict. */
export function reportOf(goal: Goal, result: GoalResult, origin: Origin = {}): GoalReport {
  const { verdict, reason, model, warnings, rlimit, ms, pid, threadId } = result;
  const expected = goal.expected ?? 'unsat';
  return {
    ...placeOf(goal),
    verdict,
    expected,
    isAsExpected: expected === 'unknown' || verdict === expected,
    ...(reason === undefined ? {} : { reason }),
    ...(model === undefined ? {} : { model, counterexample: counterexampleOf(goal, model) }),
    ...answersOf(goal, result),
    ...(warnings === undefined ? {} : { warnings }),
    ...origin,
    ...(rlimit === undefined ? {} : { rlimit }),
    ms: Math.round(ms * 10) / 10,
    pid,
    ...(threadId === 0 ? {} : { threadId }),
  };
}

/** Returns the report of a goal that an earlier run has decided. */
export function reportOfMemory(goal: Goal, result: GoalResult): GoalReport {
  const { ms: _ms, pid: _pid, ...report } = reportOf(goal, result);
  return { ...report, cached: true };
}

/** Returns the report of a goal without a verdict: a command of its context was rejected, or its solver crashed. */
export function reportOfError(goal: Goal, error: unknown): GoalReport {
  const { code, message, line, column, answers } = error as Partial<NonNullable<GoalReport['error']>>;
  return {
    ...placeOf(goal),
    verdict: 'error',
    expected: goal.expected ?? 'unsat',
    isAsExpected: false,
    error: {
      code: code ?? 'UNKNOWN',
      message: message ?? String(error),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
      ...(answers === undefined ? {} : { answers }),
    },
  };
}

/** Returns the answers to the questions of the file, and the unsatisfiable core among them. */
function answersOf({ asks = [] }: Goal, { answers = [], verdict }: GoalResult): Pick<GoalReport, 'answers' | 'core'> {
  if (answers.length === 0) return {};
  const pairs = answers.map((answer, i) => ({ ask: asks[i] as string, answer }));
  const core = verdict === 'unsat' ? pairs.find(({ ask }) => /^\(\s*get-unsat-core\b/.test(ask))?.answer : undefined;
  if (core === undefined || core.startsWith('(error')) return { answers: pairs };
  return { answers: pairs, core: elementsOf(core) };
}

function placeOf({ file, index, line, name }: Goal) {
  return { type: 'goal', file, index, line, ...(name === undefined ? {} : { name }) } as const;
}
