import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ended, folderOf, statepool } from '../support/cli.ts';
import { root } from '../support/sources.ts';

/** Makes a folder in which the package is installed. */
function folderWithPackage(t: ExecutionContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = folderOf(t, files);
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  for (const [name, target] of [
    ['statepool', '.'],
    ['tsx', 'node_modules/tsx'],
    ['@types/node', 'node_modules/@types/node'],
  ] as const)
    symlinkSync(join(root, target), join(folder, 'node_modules', name), 'junction');
  return folder;
}

const languages = [
  { manifest: '{"type":"module"}', flag: '--js', ending: 'js', task: 5 },
  { manifest: '{}', flag: '--js', ending: 'mjs', task: 5 },
  { manifest: '{"type":"module"}', flag: '--ts', ending: 'ts', task: 6 },
  { manifest: '{}', flag: '--ts', ending: 'mts', task: 6 },
];

for (const { manifest, flag, ending, task } of languages) {
  test(`init ${flag} in a package ${manifest} writes a program that runs`, async (t) => {
    t.timeout(60_000);
    const cwd = folderWithPackage(t, { 'package.json': manifest });
    const { code, stdout, stderr } = await statepool(['init', flag], { cwd });
    t.is(code, 0, stderr);
    t.true(stdout.startsWith(`wrote kind.${ending}\nwrote main.${ending}\n`), stdout);
    const isNative = Boolean((process.features as { typescript?: unknown }).typescript);
    const runner = flag === '--js' || isNative ? 'node' : 'npx tsx';
    t.true(stdout.endsWith(`run it: ${runner} main.${ending}\n`), stdout);
    const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
    const program = runner === 'node' ? [`main.${ending}`] : [tsx, `main.${ending}`];
    const run = await ended(spawn(process.execPath, program, { cwd }));
    const lines = [
      `kind.${ending} has "task" ${task} times and "counts" 5 times`,
      `main.${ending} has "ask" 6 times`,
      '',
    ];
    t.deepEqual(run, { code: 0, stdout: lines.join('\n'), stderr: '' });
  });
}

test('the TypeScript that init writes has no type error under its own settings', async (t) => {
  t.timeout(60_000);
  const cwd = folderWithPackage(t, { 'package.json': '{"type":"module"}' });
  await statepool(['init', '--ts'], { cwd });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { code, stdout } = await ended(spawn(process.execPath, [tsc, '-p', '.'], { cwd }));
  t.deepEqual({ code, stdout }, { code: 0, stdout: '' });
});

test('init takes TypeScript where the folder has settings of the compiler, and leaves those as they are', async (t) => {
  const cwd = folderWithPackage(t, { 'package.json': '{}', 'tsconfig.json': '{}' });
  const { stdout } = await statepool(['init'], { cwd });
  t.true(stdout.startsWith('wrote kind.mts\nwrote main.mts\nrun it: '), stdout);
  t.is(readFileSync(join(cwd, 'tsconfig.json'), 'utf8'), '{}');
});

test('init makes the folder, and names the package where it is not installed', async (t) => {
  const cwd = folderOf(t, {});
  const { code, stdout } = await statepool(['init', 'a/b'], { cwd });
  t.is(code, 0);
  t.true(stdout.endsWith(`run it: npm install statepool && node ${join('a/b/main.mjs')}\n`), stdout);
});

test('init overwrites nothing: one file in its way, and it writes none', async (t) => {
  const cwd = folderOf(t, { 'main.mjs': 'mine' });
  const { code, stdout, stderr } = await statepool(['init'], { cwd });
  t.deepEqual([code, stdout], [2, '']);
  t.is(
    stderr,
    'statepool: main.mjs exists, and init overwrites nothing: name another folder, as in statepool init my-pool\n',
  );
  t.is(readFileSync(join(cwd, 'main.mjs'), 'utf8'), 'mine');
  t.throws(() => readFileSync(join(cwd, 'kind.mjs')), { code: 'ENOENT' });
});

test('a folder that is a file, or cannot be made, is named in one line', async (t) => {
  const cwd = folderOf(t, {});
  writeFileSync(join(cwd, 'notes'), '');
  const file = await statepool(['init', 'notes'], { cwd });
  t.is(file.stderr, 'statepool: notes is a file: name a folder, as in statepool init my-pool\n');
  const below = await statepool(['init', 'notes/pool'], { cwd });
  t.regex(below.stderr, /^statepool: the files cannot be written into notes\/pool: .*\n$/);
  t.deepEqual([file.code, below.code], [2, 2]);
});
