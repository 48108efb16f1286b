import type { Position, VersionedTextDocumentIdentifier } from 'vscode-languageserver/node.js';
import type { SessionGoals } from '../../../kinds/rocq/live/types.ts';
import type { RocqGoal } from '../../../kinds/rocq/session/messages.ts';

/** A hypothesis, as the clients of rocq-lsp read it. */
interface Hypothesis {
  readonly names: readonly string[];
  readonly def?: string;
  readonly ty: string;
}

/** A goal, as the clients of rocq-lsp read it. */
interface Goal {
  readonly hyps: readonly Hypothesis[];
  readonly ty: string;
}

/** The answer to the request `proof/goals`, in the form of rocq-lsp. */
export interface GoalAnswer {
  readonly textDocument: VersionedTextDocumentIdentifier;
  readonly position: Position;
  readonly messages: readonly never[];
  readonly goals?: {
    readonly goals: readonly Goal[];
    readonly stack: readonly [readonly Goal[], readonly Goal[]][];
    readonly shelf: readonly Goal[];
    readonly given_up: readonly Goal[];
  };
  readonly error?: string;
}

/** Returns the goals at a position in the form of rocq-lsp. */
export function goalAnswer(
  textDocument: VersionedTextDocumentIdentifier,
  position: Position,
  { goals, error }: SessionGoals,
): GoalAnswer {
  const answer = { textDocument, position, messages: [], ...(error === undefined ? {} : { error }) };
  if (!goals) return answer;
  const background = goals.background.map(goalOf);
  return {
    ...answer,
    goals: {
      goals: goals.goals.map(goalOf),
      stack: background.length === 0 ? [] : [[[], background]],
      shelf: goals.setAside.map(goalOf),
      given_up: goals.givenUp.map(goalOf),
    },
  };
}

function goalOf({ hypotheses, conclusion }: RocqGoal): Goal {
  return { hyps: hypotheses.map(hypothesisOf), ty: conclusion };
}

/** Reads a line such as `n, m : nat` or `x := 3 : nat`. */
function hypothesisOf(line: string): Hypothesis {
  const [, names = line, definition, type = ''] =
    /^(\S+(?:,\s+\S+)*)\s+(?::=\s+([\s\S]*?)\s+)?:\s+([\s\S]*)$/.exec(line) ?? [];
  return {
    names: names.split(/,\s+/),
    ...(definition === undefined ? {} : { def: definition }),
    ty: type,
  };
}
