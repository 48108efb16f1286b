import type { Goal } from '../../kinds/index.ts';
import type { JournalFlags } from '../flags/journal-flags.ts';
import { OutcomeJournal } from '../flags/outcome-journal.ts';
import type { GoalReport } from './report.ts';

/** The decided goals in a journal. Each one is kept with its complete report, including its counterexample. */
export class DecidedGoals {
  readonly #journal: OutcomeJournal;
  /** The settings that can change a verdict, as JSON. */
  readonly #settings: string;

  private constructor(journal: OutcomeJournal, settings: string) {
    this.#journal = journal;
    this.#settings = settings;
  }

  /**
   * Opens the journal that the flags name, or returns `undefined`. @throws what `journalOf` throws, or a JournalError
   */
  static open(flags: JournalFlags, settings: unknown): DecidedGoals | undefined {
    const journal = OutcomeJournal.open(flags, 'prove');
    return journal && new DecidedGoals(journal, JSON.stringify(settings));
  }

  /** Returns the report of a goal that was decided earlier with the same settings. */
  reportOf(goal: Goal): GoalReport | undefined {
    return this.#journal.get(this.#idOf(goal)) as GoalReport | undefined;
  }

  /** Writes a report; resolves when it is written. An error that another run may not have is not kept. */
  async keep(goal: Goal, report: GoalReport): Promise<void> {
    if (report.verdict === 'error' && report.error?.code !== 'SMT_REJECTED') return;
    const { file, index } = goal;
    await this.#journal.add(this.#idOf(goal), { file, index }, report);
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }

  #idOf({ key }: Goal): string {
    return `${key} ${this.#settings}`;
  }
}
