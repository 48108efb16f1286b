import type { Reply } from '../engine/engine.ts';
import type { SentPlace } from '../text/goal.ts';
import type { Rejection } from '../text/reply.ts';
import type { SessionResponse, Vitals } from './messages.ts';

/** An answer without the vitals of its worker. */
export type Answer = SessionResponse extends infer R ? (R extends Vitals ? Omit<R, keyof Vitals> : never) : never;

/** The reason why a request gets no verdict. Thrown only inside a session, which holds no goal afterwards. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(answer.type);
    this.answer = answer;
  }
}

/** One of several texts that were sent as one: its chunk, and the number of lines before it. */
export interface Part {
  readonly chunk: SentPlace['chunk'];
  readonly line: number;
}

/** Returns the error for a refused command, at the command's place in its part. */
export function errorOf({ message, line, column, command }: Rejection, reply: Reply, parts: readonly Part[]): Answer {
  const before = line === undefined ? 0 : line - reply.firstLine;
  const part = parts.findLast((candidate) => candidate.line <= before) ?? parts[0];
  const chunk = part?.chunk ?? 'check';
  const at: SentPlace =
    line === undefined || part === undefined
      ? { chunk, line: 1, column: 1 }
      : {
          chunk,
          line: Math.max(1, before - part.line + 1),
          column: column ?? 1,
          ...(command === undefined ? {} : { command }),
        };
  return { type: 'error', message, at };
}
