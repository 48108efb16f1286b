import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { folders, root, type Source, sourcesIn } from '../support/sources.ts';

/** The imports that each folder may have, besides its own files. */
const allowed: Readonly<Record<string, RegExp>> = {
  machines: /^(machines\/|kinds\/kind\.ts$|xstate$)/,
  actors:
    /^(actors\/|machines\/|kinds\/kind\.ts$|tokens\/source\.ts$|node:|xstate$|nanoid(\/non-secure)?$|leven$|tsx\/(cjs|esm)\/api$)/,
  fleet: /^(fleet\/|actors\/(index|inspection|tooling)\.ts$|machines\/|kinds\/kind\.ts$|node:|bullmq$|ioredis$|pg$)/,
  compat: /^(compat\/|actors\/index\.ts$|kinds\/(kind|worker)\.ts$|node:)/,
  kinds: /^(kinds\/|node:|z3-solver$)/,
  tokens: /^(tokens\/|actors\/(index|tooling)\.ts$|node:)/,
  testing:
    /^(testing\/|fleet\/leases\/rules\.ts$|actors\/(index|tooling)\.ts$|machines\/|kinds\/kind\.ts$|node:|xstate$|@xstate\/graph$)/,
  drawing: /^(drawing\/|xstate$|elkjs)/,
  inspect: /^(inspect\/|fleet\/|actors\/(index|inspection|tooling)\.ts$|machines\/|drawing\/|node:|xstate$|ws$)/,
  'scripts/scenarios':
    /^(scripts\/scenarios\/|actors\/(index|tooling)\.ts$|kinds\/|bin\/terminal\/(broken-output|exit|exit-codes|interrupt|terminal)\.ts$|node:|picocolors$|tsx\/(cjs|esm)\/api$)/,
  bin: /^(bin\/|fleet\/|tokens\/|scripts\/scenarios\/|testing\/|drawing\/|inspect\/|actors\/(index|inspection|tooling)\.ts$|machines\/|kinds\/|node:|xstate$|commander$|cli-progress$|picocolors$|vscode-languageserver\/node\.js$|statepool)/,
};

const everywhere = () => sourcesIn(...folders, 'tests');

function offences(sources: readonly Source[], isFine: (target: string, source: Source) => boolean): string[] {
  return sources.flatMap((source) =>
    source.imports.filter((target) => !isFine(target, source)).map((target) => `${source.path} imports ${target}`),
  );
}

for (const [folder, pattern] of Object.entries(allowed)) {
  test(`${folder} imports only files below it`, (t) => {
    const sources = sourcesIn(folder);
    t.true(sources.length > 0);
    t.deepEqual(
      offences(sources, (target) => pattern.test(target)),
      [],
    );
  });
}

test('every relative import leads to a file', (t) => {
  const isThere = (target: string) =>
    !folders.some((folder) => target.startsWith(`${folder}/`)) || existsSync(join(root, target));
  t.deepEqual(offences(sourcesIn(...folders), isThere), []);
});

test('only one file takes paths from @xstate/graph', (t) => {
  const importers = sourcesIn('machines', 'actors', 'kinds', 'tokens', 'testing', 'drawing', 'inspect', 'bin').filter(
    ({ imports }) => imports.includes('@xstate/graph'),
  );
  t.deepEqual(
    importers.map(({ path }) => path),
    ['testing/graph/graph.ts'],
  );
});

test('only the files of its engine know BullMQ and the drivers', (t) => {
  const knows = /^(fleet\/bullmq\/|scripts\/fleet\/|tests\/)/;
  const isDriver = (target: string) => /^(bullmq|ioredis|pg)($|\/)/.test(target);
  t.deepEqual(
    offences(everywhere(), (target, { path }) => knows.test(path) || !isDriver(target)),
    [],
  );
});

test('no file of the package imports BullMQ or a driver when it is loaded', (t) => {
  const isDriver = (target: string) => /^(bullmq|ioredis|pg)($|\/)/.test(target);
  const loading = everywhere().filter(
    ({ path, runtimeImports }) => !/^(scripts|tests)\//.test(path) && runtimeImports.some(isDriver),
  );
  t.deepEqual(
    loading.map(({ path }) => path),
    [],
  );
});

test('only the hosts and the worker touch processes and threads', (t) => {
  const mayTouch = /^actors\/(hosts|serve)\//;
  const isWorld = (target: string) => /^(node:)?(child_process|worker_threads|cluster)$/.test(target);
  t.deepEqual(
    offences(sourcesIn('machines', 'actors', 'fleet'), (target, { path }) => mayTouch.test(path) || !isWorld(target)),
    [],
  );
  const borrowing = sourcesIn('machines', 'actors', 'fleet').filter(
    ({ path, text }) =>
      !mayTouch.test(path) && /getBuiltinModule\('node:(child_process|worker_threads|cluster)'\)/.test(text),
  );
  t.deepEqual(borrowing, []);
});

test('the files that a worker loads import neither xstate nor the pool', (t) => {
  const sources = new Map(sourcesIn('actors', 'machines', 'kinds').map((source) => [source.path, source]));
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const target of sources.get(path)?.runtimeImports ?? []) load(target);
  };
  load('actors/serve/entry.ts');
  t.true(loaded.has('actors/serve/main-loop.ts'));
  t.deepEqual(
    [...loaded].filter((path) => path === 'xstate' || path.startsWith('machines/') || path === 'actors/pool/pool.ts'),
    [],
  );
});
