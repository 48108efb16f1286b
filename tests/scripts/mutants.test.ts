import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { areas, mutants } from '../../scripts/mutants/index.ts';
import { seeded } from '../../scripts/mutants/workspace.ts';
import { root } from '../support/sources.ts';

const FEWEST = 25;

test(`at least ${FEWEST} bugs can be seeded, in every part of the package`, (t) => {
  t.true(mutants.length >= FEWEST);
  for (const [area, those] of Object.entries(areas)) t.true(those.length > 0, area);
});

test('every seeded bug has a unique name, and a sentence on the broken behaviour', (t) => {
  t.deepEqual([...new Set(mutants.map(({ name }) => name))].length, mutants.length);
  for (const { name, breaks } of mutants) {
    t.regex(name, /^[a-z]+(-[a-z]+)*$/i, name);
    t.regex(breaks, /^[A-Za-z].*\.$/, name);
  }
});

test('every seeded bug changes one place of its file', (t) => {
  const stale = mutants.flatMap((mutant) => {
    const text = readFileSync(join(root, mutant.file), 'utf8');
    try {
      return seeded(mutant, text) === text ? [`${mutant.name} changes nothing`] : [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  t.deepEqual(stale, []);
});

test('every seeded bug names existing tests', (t) => {
  for (const { name, catchers } of mutants) {
    t.true(catchers.length > 0, name);
    for (const catcher of catchers) t.true(existsSync(join(root, catcher)), `${name}: ${catcher}`);
  }
});
