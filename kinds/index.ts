/**
 * Exports the contract of a kind and the kinds that ship: `proof`, `tactic` and `query` on an SMT solver, `rocq` on Rocq's engine, `typescript` on
 * TypeScript's server, and `call`.
 *
 * @module statepool/kinds
 */

export { type CallKindTypes, type CallTask, type CallTypes, callKind, default as call } from './call.ts';
export type * from './kind.ts';
export { default as proof, type ProofTypes } from './proof.ts';
export { default as query, type QueryRequest, type QueryTask, type QueryTypes } from './query.ts';
export {
  checkDocument,
  createSession,
  default as rocq,
  type Position,
  type Range,
  type RocqCheckOptions,
  type RocqCompetence,
  type RocqDocument,
  RocqError,
  type RocqErrorCode,
  type RocqGoal,
  type RocqGoals,
  RocqMemory,
  type RocqOptions,
  type RocqPlace,
  type RocqProblem,
  type RocqProof,
  type RocqReport,
  type RocqResult,
  type RocqRunner,
  type RocqStore,
  type RocqTask,
  type RocqTypes,
  readRocq,
  Session,
  type SessionEvents,
  type SessionGoals,
  type SessionOptions,
  type SessionPool,
  type SessionProblem,
  type SessionVerdict,
  type TextProgress,
  type Viewport,
} from './rocq.ts';
export type { EngineName } from './smt/engine/engine.ts';
export { findProgram } from './smt/engine/native-process.ts';
export { type CheckGoalsOptions, checkGoals } from './smt/many/check-goals.ts';
export { askQuery } from './smt/proving/ask-query.ts';
export { type CheckOptions, checkGoal, type TaskRunner } from './smt/proving/check-goal.ts';
export { type ParOptions, par, type TacticPool } from './smt/proving/par.ts';
export type {
  Again,
  CheckTask,
  GoalResult,
  ModelTask,
  ProofCompetence,
  ProofTask,
  ReleaseTask,
  RepairTask,
  RunTask,
  Settled,
} from './smt/proving/tasks.ts';
export type { Limits, Mode, Vitals } from './smt/session/messages.ts';
export { type DocumentNote, readDocument, type SmtDocument } from './smt/text/document.ts';
export { GoalError, type Place, SmtError, type SmtErrorCode, SmtSyntaxError } from './smt/text/errors.ts';
export type { Expected, Goal, Hash, SmtOption } from './smt/text/goal.ts';
export type { SmtVerdict } from './smt/text/reply.ts';
export { default as tactic, type TacticCompetence, type TacticTask, type TacticTypes } from './tactic.ts';
export {
  default as typescript,
  type FileChange,
  type TypescriptCompetence,
  type TypescriptDiagnostic,
  TypescriptError,
  type TypescriptErrorCode,
  type TypescriptResult,
  type TypescriptTask,
  type TypescriptTypes,
} from './typescript.ts';
