import { cwd } from 'node:process';
import { RocqMemory, type RocqStore } from '../../../kinds/rocq/proving/memory.ts';
import type { JournalFlags } from '../../flags/journal-flags.ts';
import { type MemoryFlags, memoryFolderOf } from '../../flags/memory-flags.ts';
import type { OutcomeJournal } from '../../flags/outcome-journal.ts';
import { CheckedLines } from '../../prove/memory/checked-lines.ts';
import { askEngine, type EnvironmentOptions, environmentOf } from './environment.ts';

/** The flags of what is remembered. */
export interface RememberFlags extends MemoryFlags, JournalFlags {
  readonly coq?: string;
  readonly watch: boolean;
  readonly inspect?: number;
  readonly inspectWait?: boolean;
}

/**
 * The facts of earlier programs: the proofs that are right, in the folder that the prover uses too, and in a journal. A
 * key names the text before a proof, the proof, and its environment. Errors are not kept: they are found again.
 */
export class Remembered implements RocqStore {
  readonly #lines: CheckedLines | undefined;
  readonly #journal: OutcomeJournal | undefined;
  /** The facts about engines of a run without a folder. */
  readonly #engines = new Map<string, unknown>();
  readonly #pending: Promise<void>[] = [];
  readonly #isNamed: boolean;
  #hasFailed = false;

  private constructor(lines: CheckedLines | undefined, journal: OutcomeJournal | undefined, isNamed: boolean) {
    this.#lines = lines;
    this.#journal = journal;
    this.#isNamed = isNamed;
  }

  /**
   * Opens what the flags name; `undefined` if nothing is remembered. A watch keeps verdicts itself, and must know when
   * their environment changes. @throws a JournalError, or for flags that do not fit
   */
  static async open(flags: RememberFlags): Promise<Remembered | undefined> {
    const isWork = flags.inspect !== undefined || flags.inspectWait === true;
    const folder = memoryFolderOf(flags, isWork);
    const journal = await journalOf(flags);
    if (folder === undefined && !journal && !flags.watch) return undefined;
    const lines = folder === undefined ? undefined : new CheckedLines(folder);
    const remembered = new Remembered(lines, journal, typeof flags.cache === 'string');
    await askEngine(flags.coq, remembered);
    return remembered;
  }

  /** Makes a memory of verdicts over these facts. */
  memory(): RocqMemory {
    return new RocqMemory(this);
  }

  /** Returns the environment of a file; `undefined` if it is not known: nothing about the file may be remembered then. */
  environmentOf(options: Omit<EnvironmentOptions, 'folder'>): string | undefined {
    try {
      return environmentOf({ ...options, folder: cwd() }, this);
    } catch {
      return undefined;
    }
  }

  /** Returns a fact about a file of an engine. */
  get(key: string): unknown {
    return this.#engines.get(key) ?? this.#lines?.get(key);
  }

  has(key: string): boolean {
    return this.#lines?.get(key) === true || this.#journal?.get(key) === true;
  }

  /** Adds what is right, or a fact about a file of an engine. */
  add(key: string, value: unknown = true): void {
    if (value !== true) this.#engines.set(key, value);
    else if (this.#journal && !this.#journal.get(key)) this.#pending.push(this.#journal.add(key, {}, true));
    if (!this.#lines || this.#hasFailed) return;
    try {
      this.#lines.add(key, value);
    } catch (error) {
      // Without the flag, a folder that cannot be written is no fault.
      if (this.#isNamed) this.#pending.push(complain(error));
      this.#hasFailed = true;
    }
  }

  /** Resolves when all that was added is written. */
  async written(): Promise<void> {
    await Promise.all(this.#pending.splice(0));
  }

  async close(): Promise<void> {
    await this.written();
    await this.#journal?.close();
  }
}

/** Opens the journal that the flags name. Its code is read only for that. */
async function journalOf(flags: JournalFlags): Promise<OutcomeJournal | undefined> {
  if (flags.journal === undefined && !flags.resume) return undefined;
  return (await import('../../flags/outcome-journal.ts')).OutcomeJournal.open(flags, 'rocq');
}

async function complain(error: unknown): Promise<void> {
  (await import('../../terminal/exit.ts')).complain(error);
}
