import type { Goal } from '../text/goal.ts';

/**
 * The ms for which a run should keep its worker busy: among others, and alone. A longer run would leave others without
 * work at the end; a solver has nothing to do between two runs.
 */
const target = { shared: 25, alone: 250 } as const;
const longest = 256;
/** The most goals of a run beside the goals of the run before: its goals may take much longer. */
const growth = 8;

/** Neighbouring goals of one file with the same settings: a worker that has checked one has read most of the next. */
interface Section {
  readonly goals: readonly Goal[];
  next: number;
  isTaken: boolean;
}

/** One of the workers that check the goals: the section that it has read, and the length of its next run. */
export interface Share {
  section: Section | undefined;
  length: number;
}

/** The goals that are still to check, and which of them a worker should check next. */
export class Shares {
  readonly #sections: Section[] = [];
  readonly #count: number;
  #left: number;
  /** The first section that may be untaken. */
  #first = 0;

  /** `count` is the number of workers. */
  constructor(goals: readonly Goal[], count: number) {
    this.#count = count;
    this.#left = goals.length;
    let last: Goal[] = [];
    for (const goal of goals) {
      const before = last[0];
      if (before === undefined || before.file !== goal.file || before.settings !== goal.settings) {
        last = [];
        this.#sections.push({ goals: last, next: 0, isTaken: false });
      }
      last.push(goal);
    }
  }

  /** Returns the goals of the next run of a share: none if no goal is left. */
  take(share: Share): Goal[] {
    const most = this.#count === 1 ? share.length : Math.min(share.length, Math.ceil(this.#left / (2 * this.#count)));
    const goals: Goal[] = [];
    while (goals.length < most) {
      if (!hasMore(share.section)) {
        const section = this.#nextSection();
        const settings = goals[0]?.settings;
        if (section === undefined) break;
        if (settings !== undefined && (section.isTaken || section.goals[0]?.settings !== settings)) break;
        section.isTaken = true;
        share.section = section;
      }
      const { section } = share;
      if (section === undefined) break;
      const goal = section.goals[section.next] as Goal;
      if (isAlone(goal) && goals.length > 0) break;
      section.next++;
      goals.push(goal);
      if (isAlone(goal)) break;
    }
    this.#left -= goals.length;
    return goals;
  }

  /** Gives goals back that a run has not decided: its share takes them next. */
  giveBack(share: Share, goals: readonly Goal[]): void {
    if (goals.length === 0) return;
    this.#left += goals.length;
    const rest = { goals, next: 0, isTaken: true };
    this.#sections.push(rest);
    if (hasMore(share.section)) {
      // Others find what is left there.
      share.section.isTaken = false;
      this.#first = 0;
    }
    share.section = rest;
  }

  /** Sets the length of a share's next run by the time of the run before. */
  learn(share: Share, goals: number, ms: number): void {
    const busy = this.#count === 1 ? target.alone : target.shared;
    const wanted = Math.round((busy * goals) / Math.max(ms, 0.1));
    share.length = Math.max(1, Math.min(longest, growth * goals, wanted));
  }

  /** Returns the first section that nobody has taken, else the one with the most goals left. */
  #nextSection(): Section | undefined {
    while (this.#first < this.#sections.length && this.#sections[this.#first]?.isTaken) this.#first++;
    const untaken = this.#sections.slice(this.#first).find((section) => !section.isTaken && hasMore(section));
    if (untaken !== undefined) return untaken;
    let most: Section | undefined;
    for (const section of this.#sections) {
      if (hasMore(section) && (most === undefined || leftOf(section) > leftOf(most))) most = section;
    }
    return most;
  }
}

/** Returns whether a goal is more than a check: the reader rejects it, or its file asks more. */
const isAlone = ({ rejected, asks = [] }: Goal): boolean => rejected !== undefined || asks.length > 0;

const leftOf = ({ goals, next }: Section): number => goals.length - next;

function hasMore(section: Section | undefined): section is Section {
  return section !== undefined && leftOf(section) > 0;
}
