import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { circlesIn, offencesIn } from '../support/rooms.ts';
import { folders, root, type Source, sourcesIn } from '../support/sources.ts';

const LARGEST = 9;

/** The most lines of code of a layer in compat/: a folder with an index, its kind included. */
const LAYER = 400;

/** The most lines of code of a folder in compat/ that several layers share. */
const SHARED = 500;

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
  'starting',
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

/** Returns the lines of a text that run: comments, blank lines and types do not count. */
function linesOfCode(text: string): number {
  const code = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^(export )?interface [\s\S]*?^}$/gm, '')
    .replaceAll(/^(export )?type [^;]*?(^};|;)$/gm, '')
    .replaceAll(/^(import|export) type [^;]*;$/gm, '');
  return code.split('\n').filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}

test('only lines that run are counted as lines of code', (t) => {
  const text = [
    '/** Makes a circle. */',
    'export interface Circle {',
    '  readonly radius: number;',
    '}',
    '',
    "import type { A } from './a.ts';",
    'export type Shape =',
    '  | Circle',
    '  | { readonly side: number };',
    '// One of the program.',
    'export const one = 1;',
    'const two = {',
    '  three: 3,',
    '};',
  ];
  t.is(linesOfCode(text.join('\n')), 4);
});

test(`a layer for programs of another pool has at most ${LAYER} lines of code, what several share at most ${SHARED}`, (t) => {
  const lines = new Map<string, number>();
  for (const { path, text } of sourcesIn('compat')) {
    const [folder] = /^compat\/[\w-]+/.exec(path) ?? [path];
    lines.set(folder, (lines.get(folder) ?? 0) + linesOfCode(text));
  }
  const isLayer = (folder: string) => existsSync(join(root, folder, 'index.ts'));
  t.is([...lines.keys()].filter(isLayer).length, 4);
  t.deepEqual(
    [...lines].filter(([folder, count]) => count > (isLayer(folder) ? LAYER : SHARED)),
    [],
  );
});
