import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { circlesIn, offencesIn } from '../support/rooms.ts';
import { folders, root, type Source, sourcesIn } from '../support/sources.ts';

const LARGEST = 9;

/** The most lines of a layer in compat/, its kind included. */
const LAYER = 400;

/** The rooms of actors/ from the ground up: each imports only the rooms before it. */
const ROOMS = [
  'platform',
  'errors',
  'kind-module',
  'protocol',
  'serve',
  'ledger',
  'journal',
  'hosts',
  'options',
  'observing',
  'core',
  'tasks',
  'workers',
  'supervision',
  'batches',
  'pool',
];

const everything = () => sourcesIn(...folders, 'tests', 'examples');

test('no import leads back to its own file, types included', (t) => {
  t.deepEqual(circlesIn(everything()), []);
});

test('a circle of imports is found, also a circle of types', (t) => {
  const source = (path: string, ...imports: string[]): Source => ({ path, text: '', imports, runtimeImports: [] });
  const circle = [source('a.ts', 'b.ts', 'd.ts'), source('b.ts', 'c.ts'), source('c.ts', 'a.ts'), source('d.ts')];
  t.deepEqual(circlesIn(circle), ['a.ts -> b.ts -> c.ts -> a.ts']);
  t.deepEqual(circlesIn([source('a.ts', 'a.ts')]), ['a.ts -> a.ts']);
});

test('each room of actors/ imports only rooms below it', (t) => {
  const sources = sourcesIn('actors');
  t.true(sources.length > 60);
  t.deepEqual(offencesIn(sources, 'actors', ROOMS), []);
});

test('an import of a higher room is found', (t) => {
  const source = (path: string, ...imports: string[]): Source => ({ path, text: '', imports, runtimeImports: [] });
  const sources = [source('actors/tasks/a.ts', 'actors/pool/b.ts', 'actors/errors/c.ts'), source('actors/attic/d.ts')];
  t.deepEqual(offencesIn(sources, 'actors', ROOMS), [
    'actors/tasks/a.ts imports actors/pool/b.ts',
    'actors/attic/d.ts stands in no room of the list',
  ]);
});

test('the files beside the rooms of actors/ only re-export', (t) => {
  const beside = readdirSync(join(root, 'actors'), { withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ name }) => name);
  t.deepEqual(beside, ['index.ts', 'inspection.ts', 'tooling.ts']);
});

test(`no room has more than ${LARGEST} files`, (t) => {
  const counts = new Map<string, number>();
  for (const { path } of sourcesIn(...folders.filter((folder) => folder !== 'scripts'))) {
    const room = path.slice(0, path.lastIndexOf('/'));
    counts.set(room, (counts.get(room) ?? 0) + 1);
  }
  t.deepEqual(
    [...counts].filter(([, count]) => count > LARGEST),
    [],
  );
});

test(`no layer for programs of another pool has more than ${LAYER} lines`, (t) => {
  const lines = new Map<string, number>();
  for (const { path, text } of sourcesIn('compat')) {
    const layer = path.slice(0, path.lastIndexOf('/'));
    lines.set(layer, (lines.get(layer) ?? 0) + text.split('\n').length - 1);
  }
  // A folder without an index has what several layers share.
  const isLayer = (folder: string) => existsSync(join(root, folder, 'index.ts'));
  t.true([...lines].some(([folder]) => isLayer(folder)));
  t.deepEqual(
    [...lines].filter(([folder, count]) => isLayer(folder) && count > LAYER),
    [],
  );
});
