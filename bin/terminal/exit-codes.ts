/** The exit code if some task or goal failed. */
export const SOME_FAILED = 1;
/** The exit code for wrong flags and bad input. */
export const BAD_INPUT = 2;
/** The exit code if the engine of a command is not installed. */
export const ENGINE_MISSING = 3;
/** The exit code if two engines give opposite answers to one goal. */
export const DISAGREEMENT = 4;
