/** One attempt to end a task at the engine, and a look at what the engine has recorded. Both throw without an answer. */
export interface Completion {
  /** Ends the task. Returns whether the engine accepted that. */
  complete(): Promise<'accepted' | 'refused'>;
  /** Returns the outcome that the engine has for the task, or `undefined`. */
  recorded(): Promise<string | undefined>;
}

/** The waits between two attempts, in ms: each is twice the one before. */
const FIRST = 50;
const LAST = 1000;

/**
 * Ends a task, again and again until the engine has answered. An engine also refuses where it accepted an attempt whose
 * answer was lost: the outcome that it has recorded tells the two apart.
 */
export async function settleSurely(
  { complete, recorded }: Completion,
  outcome: string,
  wait: (ms: number, error: unknown) => Promise<void>,
): Promise<'accepted' | 'refused'> {
  for (let pause = FIRST; ; pause = Math.min(LAST, pause * 2)) {
    try {
      if ((await complete()) === 'accepted') return 'accepted';
      return (await recorded()) === outcome ? 'accepted' : 'refused';
    } catch (error) {
      await wait(pause, error);
    }
  }
}
