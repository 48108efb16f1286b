import { bodyOf, type Journal, openJournal, outcomeOf, outcomeText } from '../../actors/inspection.ts';
import type { Goal } from '../../kinds/index.ts';
import { type JournalFlags, journalOf } from '../flags/journal-flags.ts';
import { complain } from '../terminal/exit.ts';
import type { GoalReport } from './report.ts';

/** The name in the journal. No pool's journal has this name. */
const NAME = 'prove';

/** The decided goals in a journal. Each one is kept with its complete report, including its counterexample. */
export class DecidedGoals {
  readonly #journal: Journal;
  /** The settings that can change a verdict, as JSON. */
  readonly #settings: string;
  #hasFailed = false;

  private constructor(journal: Journal, settings: string) {
    this.#journal = journal;
    this.#journal.client = {
      accepted() {},
      settled: (resolve, _end, _followUps, problem) => (resolve as (problem: Error | undefined) => void)(problem),
      cancel() {},
    };
    this.#settings = settings;
  }

  /**
   * Opens the journal that the flags name, or returns `undefined`. @throws what `journalOf` throws, or a JournalError
   */
  static open(flags: JournalFlags, settings: unknown): DecidedGoals | undefined {
    const options = journalOf(flags);
    if (options === undefined) return undefined;
    return new DecidedGoals(openJournal(options, NAME).journal, JSON.stringify(settings));
  }

  /** Returns the report of a goal that was decided earlier with the same settings. */
  reportOf(goal: Goal): GoalReport | undefined {
    const known = this.#journal.outcomeOf(this.#idOf(goal));
    const outcome = known === undefined ? undefined : outcomeOf(known);
    return outcome !== undefined && 'result' in outcome ? (outcome.result as GoalReport) : undefined;
  }

  /** Writes a report; resolves when it is written. An error that another run may not have is not kept. */
  async keep(goal: Goal, report: GoalReport): Promise<void> {
    if (report.verdict === 'error' && report.error?.code !== 'SMT_REJECTED') return;
    const { file, index } = goal;
    const record = this.#journal.add(this.#idOf(goal), bodyOf({ file, index }, {}), this);
    const problem = await new Promise<Error | undefined>((resolve) => {
      this.#journal.settle(record, outcomeText({ result: report }), resolve, undefined);
    });
    if (problem === undefined || this.#hasFailed) return;
    this.#hasFailed = true;
    complain(problem);
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }

  #idOf({ key }: Goal): string {
    return `${key} ${this.#settings}`;
  }
}
