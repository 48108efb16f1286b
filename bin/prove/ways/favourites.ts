import type { EngineName } from '../../../kinds/smt/engine/engine.ts';
import type { Goal } from '../../../kinds/smt/text/goal.ts';

/** An engine that has decided a goal first, and the ms that it took. */
export interface Win {
  readonly name: string;
  readonly ms: number;
}

/** An engine with a seed, by its name. */
interface Ranked {
  readonly name: string;
  readonly engine: EngineName;
}

/** The engines that have won the last goals, by file, and by logic and options. */
export class Favourites {
  readonly #wins = new Map<string, Win & { readonly isSteady: boolean }>();
  /** The engines that have won a goal, the last one first. */
  #winners: readonly string[] = [];

  /**
   * Returns the last win in the file of a goal, else with its logic and options; `undefined` if there is none, or if
   * the goal before had another winner.
   */
  of({ file, settings }: Goal): Win | undefined {
    const win = this.#wins.get(`file ${file}`) ?? this.#wins.get(`settings ${settings}`);
    return win?.isSteady ? win : undefined;
  }

  /**
   * Returns engines in the order in which a goal needs them: the favourite, those that have won another goal, the native
   * ones, and at last the one in WebAssembly, which takes longest to start.
   */
  ranked<T extends Ranked>(goal: Goal, engines: readonly T[]): T[] {
    const favourite = this.of(goal)?.name;
    const winners = favourite === undefined ? this.#winners : [favourite, ...this.#winners];
    const rankOf = ({ name, engine }: Ranked): number => {
      const at = winners.indexOf(name);
      if (at >= 0) return at;
      return winners.length + (engine === 'z3-wasm' ? 1 : 0);
    };
    return engines.toSorted((a, b) => rankOf(a) - rankOf(b));
  }

  /** Notes who has won a goal. */
  learn({ file, settings }: Goal, win: Win): void {
    this.#winners = [win.name, ...this.#winners.filter((name) => name !== win.name)];
    for (const key of [`file ${file}`, `settings ${settings}`]) {
      this.#wins.set(key, { ...win, isSteady: (this.#wins.get(key) ?? win).name === win.name });
    }
  }
}
