import { bodyOf, type Journal, openJournal, outcomeOf, outcomeText } from '../../actors/inspection.ts';
import { complain } from '../terminal/exit.ts';
import { type JournalFlags, journalOf } from './journal-flags.ts';

/** The outcomes of a command's parts in a journal: what stands there is not done again. */
export class OutcomeJournal {
  readonly #journal: Journal;
  #hasFailed = false;

  private constructor(journal: Journal) {
    this.#journal = journal;
    this.#journal.client = {
      accepted() {},
      settled: (resolve, _end, _followUps, problem) => (resolve as (problem: Error | undefined) => void)(problem),
      cancel() {},
    };
  }

  /**
   * Opens the journal that the flags name, or returns `undefined`. No pool's journal may have the same name.
   * @throws what `journalOf` throws, or a JournalError
   */
  static open(flags: JournalFlags, name: string): OutcomeJournal | undefined {
    const options = journalOf(flags);
    return options === undefined ? undefined : new OutcomeJournal(openJournal(options, name).journal);
  }

  /** Returns the result of a part from an earlier run. */
  get(id: string): unknown {
    const known = this.#journal.outcomeOf(id);
    const outcome = known === undefined ? undefined : outcomeOf(known);
    return outcome !== undefined && 'result' in outcome ? outcome.result : undefined;
  }

  /** Writes the result of a part; resolves when it is written. A failure is said once, and stops nothing. */
  async add(id: string, about: unknown, result: unknown): Promise<void> {
    const record = this.#journal.add(id, bodyOf(about, {}), this);
    const problem = await new Promise<Error | undefined>((resolve) => {
      this.#journal.settle(record, outcomeText({ result }), resolve, undefined);
    });
    if (problem === undefined || this.#hasFailed) return;
    this.#hasFailed = true;
    complain(problem);
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }
}
