import type { Goal } from '../../../kinds/smt/text/goal.ts';

/** An engine that has decided a goal first, and the ms that it took. */
export interface Win {
  readonly name: string;
  readonly ms: number;
}

/** The engines that have won the last goals, by file, and by logic and options. */
export class Favourites {
  readonly #wins = new Map<string, Win & { readonly isSteady: boolean }>();

  /**
   * Returns the last win in the file of a goal, else with its logic and options; `undefined` if there is none, or if
   * the goal before had another winner.
   */
  of({ file, settings }: Goal): Win | undefined {
    const win = this.#wins.get(`file ${file}`) ?? this.#wins.get(`settings ${settings}`);
    return win?.isSteady ? win : undefined;
  }

  /** Notes who has won a goal. */
  learn({ file, settings }: Goal, win: Win): void {
    for (const key of [`file ${file}`, `settings ${settings}`]) {
      this.#wins.set(key, { ...win, isSteady: (this.#wins.get(key) ?? win).name === win.name });
    }
  }
}
