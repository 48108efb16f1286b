import type { Mutant } from './mutant.ts';

/** Seeded bugs in the journal: what it writes, when it says so, and what it reads. */
export const journal: readonly Mutant[] = [
  {
    name: 'journal-forgets-follow-ups',
    file: 'actors/journal/journal.ts',
    from: 'settledLine(live.id, outcome, followUps)',
    to: 'settledLine(live.id, outcome, [])',
    breaks: 'The follow-ups of a task that has settled are lost with the program.',
    catchers: ['tests/journal/pool.test.ts'],
  },
  {
    name: 'journal-speaks-first',
    file: 'actors/settlement.ts',
    from: "return record(core, entry, { status: 'done', result });",
    to: "record(core, { ...entry, resolve: undefined }, { status: 'done', result });",
    breaks: 'A caller hears of an end before it is written.',
    catchers: ['tests/journal/pool.test.ts'],
  },
  {
    name: 'journal-ends-with-the-pool',
    file: 'actors/settlement.ts',
    from: 'fail(core, entry, error, !isOfTheEnd(core, cause));',
    to: 'fail(core, entry, error);',
    breaks: 'What a pool did not come to is not done by the next one either.',
    catchers: ['tests/journal/pool.test.ts'],
  },
  {
    name: 'journal-keeps-half-a-group',
    file: 'actors/journal/file.ts',
    from: 'if (written > 0) this.cut(this.#size);',
    to: '',
    breaks: 'A part of what could not be written stays in the file, and spoils it.',
    catchers: ['tests/journal/full.test.ts'],
  },
  {
    name: 'journal-without-checksums',
    file: 'actors/journal/records.ts',
    from: 'if (comma < 0 || line.slice(1, comma) !== String(crc32(line.slice(comma)))) return undefined;',
    to: 'if (comma < 0) return undefined;',
    breaks: 'A task that was changed on the disk is taken for what was accepted.',
    catchers: ['tests/journal/file.test.ts', 'tests/journal/values.test.ts'],
  },
  {
    name: 'journal-of-two',
    file: 'actors/journal/lock.ts',
    from: 'if (owner === undefined || !isAlive(owner)) return;',
    to: 'if (owner === undefined || owner.pid > 0) return;',
    breaks: 'Two pools write to one journal.',
    catchers: ['tests/journal/file.test.ts'],
  },
  {
    name: 'journal-grows',
    file: 'actors/journal/journal.ts',
    from: 'if (this.#file.size <= Math.max(small',
    to: 'if (this.#file.size >= 0 * Math.max(small',
    breaks: 'The file is never written anew.',
    catchers: ['tests/journal/pool.test.ts'],
  },
];
