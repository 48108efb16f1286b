import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { root, sourcesIn } from '../support/sources.ts';

/** Names that examples use without an import. All other names are imported. */
const NAMES = `
import type { Kind, Pool } from 'statepool';
declare global {
  const task: { readonly size: number };
  const tasks: readonly (typeof task)[];
  const kind: Kind<{ task: typeof task; request: number; response: string }>;
  const pool: Pool<typeof task, unknown, string>;
  const createPool: typeof import('statepool').createPool;
  const readTable: (name: string) => Promise<Map<string, string>>;
  const test: typeof import('node:test').test;
  const assert: typeof import('node:assert/strict');
}
`;

const CONFIG = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    noUnusedLocals: false,
    paths: {
      statepool: [join(root, 'dist/actors/index.d.ts')],
      'statepool/*': [join(root, 'dist/*/index.d.ts')],
    },
  },
  include: ['*.mts'],
  exclude: [],
};

/** Returns the examples in the docstrings of a file. */
function examplesOf({ path, text }: { readonly path: string; readonly text: string }) {
  return [...text.matchAll(/@example\n([\s\S]*?)(?=^ *\* @|\*\/)/gm)].map(({ index, 1: body = '' }) => ({
    name: `${path.replaceAll('/', '-')}-${text.slice(0, index).split('\n').length}.mts`,
    code: body.replaceAll(/^ *\* ?/gm, ''),
  }));
}

test('every example in a docstring compiles', (t) => {
  const examples = sourcesIn('actors', 'machines', 'kinds', 'tokens', 'compat', 'testing', 'inspect').flatMap(
    examplesOf,
  );
  t.true(examples.length >= 30, `${examples.length} examples were found`);
  const folder = mkdtempSync(join(tmpdir(), 'statepool-examples-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));
  writeFileSync(join(folder, 'names.mts'), NAMES);
  for (const { name, code } of examples) writeFileSync(join(folder, name), code);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: folder, encoding: 'utf8' });
  t.is(stdout, '');
});
