import type { Goal } from '../../kinds/index.ts';
import type { Progress } from '../terminal/progress.ts';
import { note } from '../terminal/terminal.ts';
import type { Printer } from './print.ts';
import type { GoalReport } from './report.ts';

/**
 * The reports of a run. Each is printed once: when it and all earlier ones are there, or at once. A printed line stays,
 * also if the command is killed.
 */
export class Results {
  readonly #at = new Map<Goal, number>();
  readonly #reports: (GoalReport | undefined)[];
  readonly #isUnordered: boolean;
  readonly #printer: Printer;
  readonly #progress: Progress;
  readonly #warned = new Set<string>();
  #printed = 0;
  #disproved = 0;
  #undecided = 0;

  constructor(goals: readonly Goal[], isUnordered: boolean, printer: Printer, progress: Progress) {
    for (const [i, goal] of goals.entries()) this.#at.set(goal, i);
    this.#reports = Array.from({ length: goals.length });
    this.#isUnordered = isUnordered;
    this.#printer = printer;
    this.#progress = progress;
  }

  /** The reports that are there, in the order of the goals. */
  get reports(): GoalReport[] {
    return this.#reports.filter((report) => report !== undefined);
  }

  /** Takes the report of a goal. */
  add(goal: Goal, report: GoalReport): void {
    if (report.verdict === 'sat') this.#disproved++;
    else if (report.verdict !== 'unsat') this.#undecided++;
    this.#reports[this.#at.get(goal) as number] = report;
    if (this.#isUnordered) this.#print(report);
    else {
      for (let next = this.#reports[this.#printed]; next !== undefined; next = this.#reports[this.#printed]) {
        this.#printed++;
        this.#print(next);
      }
    }
    this.#progress.step(`${this.#disproved} disproved, ${this.#undecided} undecided`);
  }

  #print(report: GoalReport): void {
    for (const { line, column, message } of report.warnings ?? []) {
      const warning = `${report.file}:${line}:${column}: note: ${message}`;
      if (!this.#warned.has(warning)) note(warning);
      this.#warned.add(warning);
    }
    this.#printer.goal(report);
  }
}
