import { spawn } from 'node:child_process';
import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { bin, ended, killWithChild, statepool } from '../support/cli.ts';
import { root } from '../support/sources.ts';
import { CONFIG, linesIn, projectOf, seededProject, sourceOf, tscLines } from '../support/typescript.ts';

test('the lines and the exit code are those of tsc', async (t) => {
  const cwd = seededProject(t);
  const wrong = await statepool(['check'], { cwd });
  t.is(wrong.code, 1);
  t.deepEqual(linesIn(wrong.stdout), await tscLines(cwd));
  t.regex(wrong.stderr, /^tsconfig\.json: \d+ errors in 30 files, \d+ ms\n$/);
  const right = await statepool(['check', join(seededProject(t, 0), 'tsconfig.json')], { cwd });
  t.deepEqual([right.code, right.stdout], [0, '']);
});

test('several projects are checked side by side, each behind those that it references, and each once', async (t) => {
  const cwd = projectOf(t, {
    'tsconfig.json': JSON.stringify({ files: [], references: [{ path: './app' }, { path: './lib' }] }),
    'app/tsconfig.json': JSON.stringify({ ...JSON.parse(CONFIG), references: [{ path: '../lib' }] }),
    'app/a.ts': 'export const a: string = 1;\n',
    'lib/tsconfig.json': CONFIG.replace('"noEmit":true', '"composite":true'),
    'lib/b.ts': 'export const b: string = 2;\n',
  });
  const { code, stdout } = await statepool(['check', '.', 'lib', '--json'], { cwd });
  t.is(code, 1);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.deepEqual(
    lines.filter(({ type }) => type === 'project').map(({ project, errors, started }) => [project, errors, started]),
    [
      ['lib/tsconfig.json', 1, 1],
      ['app/tsconfig.json', 1, 1],
      ['tsconfig.json', 0, 1],
    ],
  );
  t.like(lines[0], { type: 'diagnostic', project: 'lib/tsconfig.json', line: 1, column: 14, code: 2322 });
  t.like(lines.at(-1), { type: 'summary', projects: 3, errors: 2, servers: 3 });
});

test('wrong input has exit code 2 and one line', async (t) => {
  const cwd = projectOf(t, { 'a.ts': '' });
  for (const [args, message] of [
    [['nowhere'], /^statepool: nowhere: no such file or folder: name a folder with a tsconfig\.json.*\n$/],
    [['.'], /^statepool: \.: no tsconfig\.json in this folder.*\n$/],
    [['-j', '0'], /^statepool: .*at least 1.*\n$/],
  ] as const) {
    const { code, stderr } = await statepool(['check', ...args], { cwd });
    t.is(code, 2);
    t.regex(stderr, message);
  }
});

test('without TypeScript, or with one that has no server, the exit code is 3, and one line installs it', async (t) => {
  const cwd = projectOf(t, { 'tsconfig.json': CONFIG, 'a.ts': '' });
  // The package alone: the TypeScript of this repository is out of its sight.
  const home = projectOf(t, {});
  cpSync(join(root, 'dist'), join(home, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(home, 'package.json'));
  const modules = projectOf(t, { '.keep': '' });
  for (const name of ['commander', 'picocolors', 'xstate']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  symlinkSync(modules, join(home, 'node_modules'));
  const run = () => ended(spawn(process.execPath, [join(home, 'dist/bin/statepool.js'), 'check'], { cwd }));
  const missing = await run();
  t.is(missing.code, 3, missing.stdout);
  t.regex(missing.stderr, /^statepool: .*typescript is not installed: npm install --save-dev typescript@7\n$/);
  const old = projectOf(t, {
    'tsconfig.json': CONFIG,
    'node_modules/typescript/package.json': '{"name":"typescript","version":"6.0.3"}',
  });
  const end = await ended(spawn(process.execPath, [join(home, 'dist/bin/statepool.js'), 'check'], { cwd: old }));
  t.is(end.code, 3);
  t.regex(end.stderr, /typescript 6\.0\.3 has no server: npm install --save-dev typescript@7\n$/);
});

test('--watch shows the errors of a changed file, then those of the files that it breaks', async (t) => {
  const cwd = seededProject(t, 0);
  const child = spawn(process.execPath, [bin, 'check', '--watch'], { cwd });
  const end = ended(child);
  let seen = '';
  let onMore = (): void => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece) => {
      seen += String(piece);
      onMore();
    });
  }
  const until = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(seen)) {
      await new Promise<void>((more) => {
        onMore = more;
      });
    }
    seen = '';
  };
  await until(/watching one project/);
  writeFileSync(join(cwd, 'file3.ts'), "export const value3 = 'text';\n");
  await until(/file3\.ts: no error[\s\S]*file4\.ts\(2,14\): error TS2322[\s\S]*tsconfig\.json: 1 error in 1 file/);
  writeFileSync(join(cwd, 'file3.ts'), sourceOf(3, true));
  await until(/file3\.ts\(\d.*error TS\d+[\s\S]*file3\.ts: \d[\s\S]*tsconfig\.json: \d/);
  writeFileSync(join(cwd, 'file3.ts'), sourceOf(3, false));
  await until(/tsconfig\.json: no error/);
  writeFileSync(join(cwd, 'new.ts'), 'export const fresh: string = 1;\n');
  await until(/new\.ts\(1,14\): error TS2322/);
  rmSync(join(cwd, 'new.ts'));
  await until(/tsconfig\.json: no error/);
  child.kill('SIGINT');
  t.is((await end).code, 130);
});

test('no server is left when the program is killed', async (t) => {
  if (process.platform !== 'linux') return t.pass('the system has no /proc');
  const cwd = seededProject(t);
  await killWithChild(['check', '--watch'], cwd);
  t.pass();
});
