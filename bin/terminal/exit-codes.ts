/** The exit code if some task or goal failed. */
export const SOME_FAILED = 1;
/** The exit code for wrong flags and bad input. */
export const BAD_INPUT = 2;
