/**
 * The commands that bound the next check of Z3. None are sent to a context without bounds: any option makes Z3 set up
 * its solver anew, which then may be several times slower after a push.
 */
export class Z3Bounds {
  #isBounded = false;

  /** Notes that the solver has no bounds: it is a new one, or its state was restored. */
  forget(): void {
    this.#isBounded = false;
  }

  /** Returns the commands for a time limit that Z3 keeps itself (in ms), and a limit of units; 0 is no limit. */
  commands(timeout: number, rlimit: number, isBounded = timeout > 0 || rlimit > 0): string {
    if (!isBounded && !this.#isBounded) return '';
    this.#isBounded = isBounded;
    return `(set-option :timeout ${timeout})(set-option :rlimit ${rlimit})`;
  }
}
