/**
 * Names the contract of a kind, and holds the kinds that ship: `proof`, `tactic` and `query` on an SMT solver, and `call`.
 *
 * @module statepool/kinds
 */

export { type CallKindTypes, type CallTask, type CallTypes, callKind, default as call } from './call.ts';
export type * from './kind.ts';
export { default as proof, type ProofTypes } from './proof.ts';
export { default as query, type QueryRequest, type QueryTask, type QueryTypes } from './query.ts';
export { askQuery } from './smt/ask-query.ts';
export { type CheckOptions, checkGoal, type TaskRunner } from './smt/check-goal.ts';
export { type DocumentNote, readDocument, type SmtDocument } from './smt/document.ts';
export type { EngineName } from './smt/engine.ts';
export { GoalError, type Place, SmtError, type SmtErrorCode, SmtSyntaxError } from './smt/errors.ts';
export type { Expected, Goal, Hash, SmtOption } from './smt/goal.ts';
export type { Limits, Mode, Vitals } from './smt/messages.ts';
export { findProgram } from './smt/native-process.ts';
export { type ParOptions, par, type TacticPool } from './smt/par.ts';
export type { SmtVerdict } from './smt/reply.ts';
export type {
  CheckTask,
  GoalResult,
  ModelTask,
  ProofCompetence,
  ProofTask,
  ReleaseTask,
  RepairTask,
  Settled,
} from './smt/tasks.ts';
export { default as tactic, type TacticCompetence, type TacticTask, type TacticTypes } from './tactic.ts';
