import type { JournalOptions } from '../journal/journal.ts';
import { count, type Filled, illegal, type OptionTable, oneOf, option, readOptions } from './option-rules.ts';

const JOURNAL = {
  path: option(pathOfJournal, ''),
  durability: option(oneOf('process', 'power'), 'process'),
  keep: option(count(), 100_000),
} satisfies OptionTable<JournalOptions>;

/**
 * Reads the option `journal` of a pool: the path of a file, or the options with the path.
 * @throws {UsageError} for an illegal one
 */
export function journalOf(name: string, journal: string | JournalOptions): Filled<typeof JOURNAL> | undefined {
  const isPath = typeof journal !== 'object';
  // A journal needs a path, which has no default.
  const path = pathOfJournal(isPath ? name : `${name}.path`, isPath ? journal : journal.path);
  return readOptions(name, isPath ? { path } : journal, JOURNAL, 0, `${name}.`);
}

function pathOfJournal(name: string, path: unknown): string {
  if (typeof path === 'string' && path !== '') return path;
  throw illegal(name, path, 'the path of a file, or { path, durability, keep }');
}
