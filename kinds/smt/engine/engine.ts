import type { SmtOption } from '../text/goal.ts';

/**
 * The available solvers: Z3 from npm in WebAssembly, the native `z3` and `cvc5` from PATH, and any solver that reads
 * SMT-LIB from its standard input, as `name=command arguments`.
 */
export type EngineName = 'z3-wasm' | 'z3' | 'cvc5' | `${string}=${string}`;

/** The settings of a solver's whole state: the logic and the options, set before any text is read. */
export interface EngineSettings {
  readonly options: readonly SmtOption[];
  readonly logic?: string;
}

/** A setting that a solver refused: the logic, or the option with this index; and the solver's message. */
export interface RefusedSetting {
  readonly setting: 'logic' | number;
  readonly message: string;
  /** Is `true` if the solver reads nothing after it: no goal with this setting gets a verdict. */
  readonly isFatal?: boolean;
}

/** The output of a solver for a text. */
export interface Reply {
  readonly text: string;
  /** The number that the solver gave to the text's first line. */
  readonly firstLine: number;
  /** The time of the solver for this text, in ms: without the time for the texts that it had to answer before. */
  readonly ms: number;
}

/**
 * A solver that reads SMT-LIB. In the worker, one a worker; calls are served one after the other.
 *
 * Every call rejects with `EngineDiedError` after the solver is gone; a new engine is then needed.
 */
export interface Engine {
  readonly name: EngineName;
  /** Clears the state and applies the settings. Resolves with the settings that the solver refused. */
  reset(settings: EngineSettings): Promise<readonly RefusedSetting[]>;
  /**
   * Returns the commands that do what `reset` does, if the solver has accepted the same settings before and need not be
   * asked again: they may then stand between other commands. `undefined` if only `reset` does it.
   *
   * With `byTwin`, the next texts go to a second process of the solver, by turns: it begins the new context while the
   * first one is at work in the old context.
   */
  resetText?(settings: EngineSettings, byTwin?: boolean): string | undefined;
  /** Is `true` if texts may be sent before the answers to earlier ones are there, and the solver reads on meanwhile. */
  readonly readsAhead?: boolean;
  /** Lets the solver read a text of whole commands. Resolves with its output. */
  eval(text: string): Promise<Reply>;
  /**
   * Returns the commands that bound the next check; `undefined` removes a bound. `timeout` in ms, `rlimit` in the
   * solver's units.
   */
  limits(timeout: number | undefined, rlimit: number | undefined): string;
  /** Saves the current state under a name, for `rewind`. Only some engines can do this. */
  checkpoint?(name: string): Promise<void>;
  /** Restores a saved state exactly. Resolves with `false` if it is no longer saved. */
  rewind?(name: string): Promise<boolean>;
  /**
   * Interrupts the running check, which then soon answers `unknown`. An engine without this method can only be killed.
   */
  interrupt?(): void;
  /** Ends the solver at once; a running call rejects. */
  kill(reason: string): void;
  /**
   * Returns the id of the solver's own process, which gets the next text. Absent if the solver runs in this process.
   */
  pid?(): number | undefined;
  /** Returns the memory of the solver outside of this process, in bytes: of all its processes. */
  rss(): number;
}
