import type { EngineName } from '../../kinds/smt/engine/engine.ts';
import type { Limits, Mode } from '../../kinds/smt/session/messages.ts';

/** The engines of a portfolio, and the number of seeds of each. Duration in ms. */
export interface PortfolioFlag {
  readonly engines: readonly EngineName[];
  readonly seeds: number;
  /** The ms after which all are asked, although one is the favourite. */
  readonly after?: number;
}

/** The flags that can change a verdict. Durations in ms. */
export interface SettingFlags {
  readonly engine: EngineName;
  readonly timeout?: number;
  readonly deadline?: number;
  readonly rlimit?: number;
  readonly clean: boolean;
  readonly fresh: boolean;
  readonly portfolio?: PortfolioFlag;
  /** The factors of the limits, one an attempt. */
  readonly escalate?: readonly number[];
}

/** The settings of every check of a run. */
export interface Settings {
  readonly engine: EngineName;
  readonly mode: Mode;
  readonly oneShot: boolean;
  readonly limits: Limits;
  readonly portfolio?: PortfolioFlag;
  /** The factors of the limits, one an attempt. */
  readonly scales: readonly number[];
}

/** Returns the settings of every check: they can change a verdict. */
export function settingsOf(flags: SettingFlags): Settings {
  return {
    engine: flags.engine,
    mode: flags.clean ? 'clean' : 'incremental',
    oneShot: flags.fresh,
    limits: {
      ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
      ...(flags.deadline === undefined ? {} : { deadlineMs: flags.deadline }),
      ...(flags.rlimit === undefined ? {} : { rlimit: flags.rlimit }),
    },
    ...(flags.portfolio === undefined ? {} : { portfolio: flags.portfolio }),
    scales: flags.escalate ?? [1],
  };
}
