import type { Reply } from '../engine/engine.ts';
import type { SentPlace } from '../text/goal.ts';
import type { Rejection } from '../text/reply.ts';
import type { SessionResponse, Vitals } from './messages.ts';

/** An answer before the vitals of its worker are added. */
export type Answer = SessionResponse extends infer R ? (R extends Vitals ? Omit<R, keyof Vitals> : never) : never;

/** Why a request gets no verdict; thrown only inside a session, which then holds nothing any more. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(answer.type);
    this.answer = answer;
  }
}

/** One of several texts that were sent as one: which it is, and how many lines stand before it. */
export interface Part {
  readonly chunk: number | 'check';
  readonly line: number;
}

/** The error for a command that the solver refused, at its place in the part that it stands in. */
export function errorOf({ message, line, column }: Rejection, reply: Reply, parts: readonly Part[]): Answer {
  const before = line === undefined ? 0 : line - reply.firstLine;
  const part = parts.findLast((candidate) => candidate.line <= before) ?? parts[0];
  const chunk = part?.chunk ?? 'check';
  const at: SentPlace =
    line === undefined || part === undefined
      ? { chunk, line: 1, column: 1 }
      : { chunk, line: Math.max(1, before - part.line + 1), column: column ?? 1 };
  return { type: 'error', message, at };
}
