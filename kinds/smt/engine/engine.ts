import type { SmtOption } from '../text/goal.ts';

/** The solvers there are: Z3 from npm in WebAssembly, and the native `z3` and `cvc5` from PATH. */
export type EngineName = 'z3-wasm' | 'z3' | 'cvc5';

/** What holds for a solver's whole state: the logic and the options, set before anything is read. */
export interface EngineSettings {
  readonly options: readonly SmtOption[];
  readonly logic?: string;
}

/** What a solver printed for a text, and the number that it gave the text's first line. */
export interface Reply {
  readonly text: string;
  readonly firstLine: number;
}

/**
 * A solver that reads SMT-LIB. In the worker, one a worker; calls are served one after the other.
 *
 * Every call rejects with `EngineDiedError` once the solver is gone; a new engine is then needed.
 */
export interface Engine {
  readonly name: EngineName;
  /** Forgets everything and takes the settings. Resolves with what the solver said of options it refused. */
  reset(settings: EngineSettings): Promise<readonly string[]>;
  /** Lets the solver read a text of whole commands and resolves with what it printed. */
  eval(text: string): Promise<Reply>;
  /** The commands that bound the next check; a bound that is `undefined` is taken off. `timeout` in ms, `rlimit` in the solver's units. */
  limits(timeout: number | undefined, rlimit: number | undefined): string;
  /** Keeps the state as it is now under a name, to come back to; only some engines can. */
  checkpoint?(name: string): Promise<void>;
  /** Comes back to a state that was kept, exactly as it was; `false` where it is not kept any more. */
  rewind?(name: string): Promise<boolean>;
  /** Asks the running check to give up: it then answers `unknown` soon. Engines that cannot be asked can only be killed. */
  interrupt?(): void;
  /** Ends the solver at once; a call under way rejects. */
  kill(reason: string): void;
  /** What the solver holds outside of this process, in bytes. */
  rss(): number;
}
