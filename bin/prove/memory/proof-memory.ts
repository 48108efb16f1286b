import { createHash } from 'node:crypto';
import type { Goal, GoalResult } from '../../../kinds/index.ts';
import type { EngineName } from '../../../kinds/smt/engine/engine.ts';
import type { Settings } from '../settings.ts';
import { CheckedLines } from './checked-lines.ts';
import { versionOf } from './engine-version.ts';

/** A setting that the solver refused: the logic, or the option with this index. */
interface Refused {
  readonly setting: 'logic' | number;
  readonly message: string;
}

/** A remembered result. */
interface Remembered {
  readonly verdict: 'sat' | 'unsat';
  readonly rlimit?: number;
  readonly model?: string;
  readonly answers?: readonly string[];
  readonly refused?: readonly Refused[];
}

/**
 * The proofs of earlier runs by their content: every text before a goal, its options and logic, the engine and its
 * version, the limits. Only `sat` and `unsat` are remembered. A place in a file is no part of it: a goal that moved is
 * the same goal.
 */
export class ProofMemory {
  readonly #lines: CheckedLines;
  readonly #versions = new Map<EngineName, string | undefined>();
  readonly #settings: Settings;
  readonly #onFailure: (error: unknown) => void;
  #hasFailed = false;

  /** Opens a folder, which need not be there. `onFailure` is called once if nothing can be written. */
  constructor(folder: string, settings: Settings, onFailure: (error: unknown) => void) {
    this.#lines = new CheckedLines(folder);
    this.#settings = settings;
    this.#onFailure = onFailure;
  }

  /** The entries of the folder. */
  get lines(): CheckedLines {
    return this.#lines;
  }

  /** Returns the remembered result of a goal. */
  resultOf(goal: Goal): GoalResult | undefined {
    const key = this.#keyOf(goal);
    const found = key === undefined ? undefined : (this.#lines.get(key) as Remembered | undefined);
    if (found === undefined) return undefined;
    const { verdict, rlimit, model, answers, refused } = found;
    return {
      verdict,
      ...(rlimit === undefined ? {} : { rlimit }),
      ...(model === undefined ? {} : { model }),
      ...(answers === undefined ? {} : { answers }),
      ...(refused === undefined
        ? {}
        : { warnings: refused.map((each) => ({ ...placeOf(goal, each), message: each.message })) }),
      ms: 0,
      pid: 0,
      threadId: 0,
      rss: 0,
    };
  }

  /** Remembers a result. */
  add(goal: Goal, { verdict, rlimit, model, answers, warnings, reason }: GoalResult): void {
    // A model that was lost with its worker is found again.
    if (verdict === 'unknown' || this.#hasFailed || (verdict === 'sat' && reason !== undefined)) return;
    const key = this.#keyOf(goal);
    if (key === undefined) return;
    const refused = warnings?.map(({ line, column, message }): Refused => {
      const at = goal.optionsAt.findIndex((place) => place.line === line && place.column === column);
      return { setting: at < 0 ? 'logic' : at, message };
    });
    const entry: Remembered = {
      verdict,
      ...(rlimit === undefined ? {} : { rlimit }),
      ...(model === undefined ? {} : { model }),
      ...(answers === undefined ? {} : { answers }),
      ...(refused === undefined ? {} : { refused }),
    };
    try {
      this.#lines.add(key, entry);
    } catch (error) {
      this.#hasFailed = true;
      this.#onFailure(error);
    }
  }

  #keyOf(goal: Goal): string | undefined {
    if (goal.rejected !== undefined) return undefined;
    const { portfolio, engine, mode, oneShot, limits, scales } = this.#settings;
    const engines = (portfolio?.engines ?? [engine]).map((name) => [name, this.#versionOf(name)]);
    if (engines.some(([, version]) => version === undefined)) return undefined;
    const { hashes, depths, check, logic, options, asks } = goal;
    const settings = [engines, portfolio?.seeds, mode, oneShot, limits, scales];
    const content = JSON.stringify([settings, logic, options, hashes, depths, check, asks]);
    return createHash('sha256').update(content).digest('base64url');
  }

  #versionOf(engine: EngineName): string | undefined {
    if (!this.#versions.has(engine)) {
      try {
        this.#versions.set(engine, versionOf(engine, this.#lines));
      } catch (error) {
        this.#hasFailed = true;
        this.#versions.set(engine, undefined);
        this.#onFailure(error);
      }
    }
    return this.#versions.get(engine);
  }
}

function placeOf(goal: Goal, { setting }: Refused): { line: number; column: number } {
  const { line, column } = (setting === 'logic' ? goal.logicAt : goal.optionsAt[setting]) ?? goal;
  return { line, column };
}
