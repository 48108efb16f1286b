import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { FileChange, TypescriptResult } from 'statepool/kinds';
import { errorOf } from '../../support/outcome.ts';
import {
  CONFIG,
  linesOf,
  projectOf,
  seededProject,
  sourceOf,
  tscLines,
  typescriptPool,
} from '../../support/typescript.ts';

test('diagnostics are those of tsc as sets, also after edits back and forth, and one server gives them all', async (t) => {
  const folder = seededProject(t);
  const project = join(folder, 'tsconfig.json');
  const pool = typescriptPool(t);
  const changes: FileChange[] = [];
  const write = (n: number, isFaulty: boolean) => {
    const path = join(folder, `file${n}.ts`);
    writeFileSync(path, sourceOf(n, isFaulty));
    changes.push({ path, type: 'changed' });
  };
  const checked = async () => {
    const result = await pool.run({ type: 'project', project, changes });
    const lines = linesOf(folder, result);
    t.deepEqual(lines, await tscLines(folder));
    return [result.started, new Set(lines.map((line) => line.match(/^file\d+/)?.[0]).filter(Boolean)).size];
  };
  t.deepEqual(await checked(), [1, 30]);
  for (const n of [0, 1, 2, 3, 35]) write(n, n === 35);
  t.deepEqual(await checked(), [0, 27]);
  for (const n of [0, 1, 2, 3, 35]) write(n, n !== 35);
  t.deepEqual(await checked(), [0, 30]);
  // An error of the syntax hides those of types, as in tsc.
  writeFileSync(join(folder, 'file38.ts'), 'export const = 1;\n');
  changes.push({ path: join(folder, 'file38.ts'), type: 'changed' });
  t.deepEqual(await checked(), [0, 1]);
  write(38, false);
  t.deepEqual(await checked(), [0, 30]);
});

test('new and removed files, and options, count after they were reported', async (t) => {
  const folder = projectOf(t, {
    'tsconfig.json': CONFIG,
    'a.ts': "import { b } from './b.js';\nexport const a = b;\n",
  });
  const project = join(folder, 'tsconfig.json');
  const pool = typescriptPool(t);
  const changes: FileChange[] = [];
  const checked = async () => {
    const lines = linesOf(folder, await pool.run({ type: 'project', project, changes }));
    t.deepEqual(lines, await tscLines(folder));
    return lines.length;
  };
  t.is(await checked(), 1);
  writeFileSync(join(folder, 'b.ts'), 'export const b = 1;\nconst unused = 2;\n');
  changes.push({ path: join(folder, 'b.ts'), type: 'created' });
  t.is(await checked(), 1);
  writeFileSync(project, CONFIG.replace('"noUnusedLocals":true', '"noUnusedLocals":false'));
  changes.push({ path: project, type: 'changed' });
  t.is(await checked(), 0);
  writeFileSync(project, CONFIG.replace('"strict"', '"stric"'));
  changes.push({ path: project, type: 'changed' });
  t.true((await checked()) > 0);
});

test('the text of an open file counts instead of the file on the disk, until the file is closed', async (t) => {
  const folder = projectOf(t, {
    'tsconfig.json': CONFIG,
    'a.ts': 'export const a = 1;\n',
    'b.ts': "import { a } from './a.js';\nexport const b: number = a;\n",
  });
  const project = join(folder, 'tsconfig.json');
  const pool = typescriptPool(t);
  const check = async (texts: Record<string, string>) =>
    linesOf(folder, await pool.run({ type: 'file', project, file: join(folder, 'b.ts'), texts }));
  t.deepEqual(await check({}), []);
  t.deepEqual(await check({ [join(folder, 'a.ts')]: "export const a = 'text';\n" }), [
    "b.ts(2,14): error TS2322: Type 'string' is not assignable to type 'number'.",
  ]);
  t.deepEqual(await check({}), []);
});

test('a worker is preferred for the project of its server, and replaces the server for another project', async (t) => {
  const projects = ['a', 'b'].map((name) =>
    join(projectOf(t, { 'tsconfig.json': CONFIG, 'a.ts': `export const ${name} = 1;\n` }), 'tsconfig.json'),
  ) as [string, string];
  const pool = typescriptPool(t, { size: 2 });
  const run = async (project: string): Promise<TypescriptResult> => await pool.run({ type: 'project', project });
  const [a, b] = await Promise.all(projects.map(run));
  t.deepEqual([a?.started, b?.started], [1, 1]);
  for (const [project, before] of [
    [projects[1], b],
    [projects[0], a],
    [projects[0], a],
    [projects[1], b],
  ] as const) {
    t.like(await run(project), { started: 0, pid: before?.pid as number });
  }
  t.deepEqual(pool.workers.map(({ competence }) => competence?.project).sort(), [...projects].sort());
  pool.resize(1);
  await pool.run({ type: 'project', project: projects[0] });
  t.is((await run(projects[1])).started, 1);
  t.is((await run(projects[1])).started, 0);
});

test('a server that is killed, idle or in the middle of a check, changes no diagnostics', async (t) => {
  const folder = seededProject(t);
  const project = join(folder, 'tsconfig.json');
  const pool = typescriptPool(t);
  const expected = await tscLines(folder);
  const first = await pool.run({ type: 'project', project });
  t.deepEqual(linesOf(folder, first), expected);
  process.kill(first.pid, 'SIGKILL');
  const second = await pool.run({ type: 'project', project });
  t.deepEqual([linesOf(folder, second), second.started], [expected, 1]);
  // Without the texts the server must check again; it dies while it does.
  const file = join(folder, 'file39.ts');
  const texts = { [file]: `${sourceOf(39, false)}\n` };
  const pending = pool.run({ type: 'project', project, texts });
  process.kill(second.pid, 'SIGKILL');
  const third = await pending;
  t.deepEqual(linesOf(folder, third), expected);
  t.not(third.pid, second.pid);
});

test('a worker that is killed loses no task, and its server ends with it', async (t) => {
  const folder = seededProject(t);
  const project = join(folder, 'tsconfig.json');
  const pool = typescriptPool(t, { host: 'process' });
  await pool.run({ type: 'project', project });
  const texts = { [join(folder, 'file39.ts')]: `${sourceOf(39, false)}\n` };
  const pending = pool.run({ type: 'project', project, texts });
  process.kill(pool.workers[0]?.pid as number, 'SIGKILL');
  t.deepEqual(linesOf(folder, await pending), await tscLines(folder));
});

test('a server that has grown too large ends with its worker, after its answer', async (t) => {
  const folder = projectOf(t, { 'tsconfig.json': CONFIG, 'a.ts': 'export const a: string = 1;\n' });
  const pool = typescriptPool(t);
  const task = { type: 'project', project: join(folder, 'tsconfig.json'), maxRss: 1 } as const;
  const first = await pool.run(task);
  const second = await pool.run(task);
  t.deepEqual(
    [linesOf(folder, first), first.started, second.started],
    [["a.ts(1,14): error TS2322: Type 'number' is not assignable to type 'string'."], 1, 1],
  );
});

test('a cancelled check leaves its worker warm, and later changes are not lost', async (t) => {
  const folder = seededProject(t, 0);
  const project = join(folder, 'tsconfig.json');
  const pool = typescriptPool(t, { killGrace: 60_000 });
  const changes: FileChange[] = [];
  const { pid } = await pool.run({ type: 'project', project, changes });
  const path = join(folder, 'file5.ts');
  writeFileSync(path, sourceOf(5, true));
  changes.push({ path, type: 'changed' });
  const controller = new AbortController();
  const cancelled = errorOf(pool.run({ type: 'project', project, changes }, { signal: controller.signal }));
  controller.abort();
  t.like(await cancelled, { code: 'CANCELLED' });
  const next = await pool.run({ type: 'project', project, changes });
  t.deepEqual([linesOf(folder, next), next.pid], [await tscLines(folder), pid]);
});

test('a question of an editor is answered from the open text', async (t) => {
  const folder = projectOf(t, { 'tsconfig.json': CONFIG, 'a.ts': '' });
  const file = join(folder, 'a.ts');
  const params = { textDocument: { uri: new URL(`file://${file}`).href }, position: { line: 0, character: 14 } };
  const result = await typescriptPool(t).run({
    type: 'query',
    project: join(folder, 'tsconfig.json'),
    texts: { [file]: 'export const answer = 42;\n' },
    method: 'textDocument/hover',
    params,
  });
  t.like(result, { type: 'answer', value: { contents: { value: 'const answer: 42' } } });
});

test('mistakes are named in one line', async (t) => {
  const folder = projectOf(t, { 'tsconfig.json': CONFIG, 'a.ts': '' });
  const project = join(folder, 'tsconfig.json');
  const pool = typescriptPool(t);
  const messageOf = async (task: Parameters<typeof pool.run>[0]) => (await errorOf(pool.run(task))).message;
  t.regex(await messageOf({ type: 'project', project: 'tsconfig.json' }), /'tsconfig\.json' must be an absolute path/);
  t.regex(
    await messageOf({ type: 'file', project, file: join(folder, 'b.ts') }),
    /b\.ts is not a file of this project/,
  );
  t.deepEqual(linesOf(folder, await pool.run({ type: 'project', project })), []);
});
