import type { Goal, Hash } from './goal.ts';

/** The assertion stack of a solver: its texts, outermost first, the frames below each, and all its pushed frames. */
export interface Stack {
  readonly hashes: readonly Hash[];
  readonly depths: readonly number[];
  readonly depth: number;
}

/** The way from a stack to a goal: the frame to return to, and the number of texts that are then still there. */
export interface Continuation {
  readonly to: number;
  readonly keep: number;
}

/** The stack of a solver without texts. */
export const emptyStack: Stack = { hashes: [], depths: [], depth: 0 };

/** Returns the stack of a solver that has read a goal. */
export function stackOf({ hashes, depths }: Pick<Goal, 'hashes' | 'depths'>): Stack {
  return { hashes, depths: depths.slice(0, -1), depth: depths.at(-1) ?? 0 };
}

/**
 * Returns how a solver gets from a stack to a goal by pops of the file's own frames, or `undefined` if it needs a new
 * context. No frame is pushed that the file does not push: Z3 leaves its tactics after a push.
 */
export function continuationOf(stack: Stack, goal: Pick<Goal, 'hashes' | 'depths'>): Continuation | undefined {
  const { hashes, depths } = goal;
  let common = 0;
  while (
    common < stack.hashes.length &&
    common < hashes.length &&
    stack.hashes[common] === hashes[common] &&
    stack.depths[common] === depths[common]
  ) {
    common++;
  }
  const removed = stack.depths[common];
  if (common === 0 || removed === 0) return undefined;
  const next = depths[common] as number;
  const to = Math.min(stack.depth, next, removed === undefined ? Number.POSITIVE_INFINITY : removed - 1);
  let keep = common;
  while (keep > 0 && (depths[keep - 1] as number) > to) keep--;
  return keep === 0 ? undefined : { to, keep };
}
