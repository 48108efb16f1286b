import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { ended } from '../support/cli.ts';
import { root } from '../support/sources.ts';

const SAMPLE = join(root, 'examples/typed-lint/project');
const packages = join(SAMPLE, 'node_modules');
const FILES = ['src/main.ts', 'src/save.ts', 'src/count.ts'];
const { NODE_OPTIONS: _, ...env } = process.env;

/** ESLint and TypeScript 6 stand beside the sample project: `npm --prefix examples/typed-lint/project ci`. */
const withLinter = existsSync(join(packages, 'eslint')) ? test : test.skip;

/** Copies the sample project, and starts a daemon for it. */
async function startDaemon(t: ExecutionContext) {
  const home = mkdtempSync(join(tmpdir(), 'statepool-lint-'));
  t.teardown(() => rmSync(home, { recursive: true, force: true }));
  const project = join(home, 'project');
  cpSync(SAMPLE, project, { recursive: true, filter: (path) => path !== packages });
  symlinkSync(packages, join(project, 'node_modules'), 'junction');
  const socket = join(home, 'socket');
  const daemon = spawn(process.execPath, ['examples/typed-lint/daemon.js', socket], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(daemon, 'exit');
  t.teardown(async () => {
    daemon.kill('SIGKILL');
    await exited;
  });
  await once(daemon.stdout, 'data');
  return {
    project,
    /** Asks as an editor does. */
    async ask(): Promise<{ readonly results: readonly Result[]; readonly pid: number }> {
      const connection = connect(socket);
      connection.write(`${JSON.stringify({ project, files: FILES })}\n`);
      return JSON.parse(await text(connection));
    },
    lint: () =>
      ended(spawn(process.execPath, ['examples/typed-lint/lint.js', socket, project, ...FILES], { cwd: root, env })),
    async stop() {
      daemon.kill('SIGTERM');
      return exited;
    },
  };
}

interface Result {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string; readonly line: number; readonly column: number }[];
}

/** Returns what a plain eslint says of a project. */
async function coldLint(project: string): Promise<string[]> {
  const eslint = join(packages, 'eslint/bin/eslint.js');
  const { stdout } = await ended(
    spawn(process.execPath, [eslint, '--format', 'json', ...FILES], { cwd: project, env }),
  );
  return findingsOf(JSON.parse(stdout));
}

function findingsOf(results: readonly Result[]): string[] {
  return results
    .flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId, line, column }) => `${filePath.split('/').at(-1)}:${line}:${column} ${ruleId}`),
    )
    .sort();
}

withLinter(
  'the linter says what a plain eslint says: warm, after edits of other files, and after a death',
  async (t) => {
    t.timeout(300_000);
    const { project, ask, lint, stop } = await startDaemon(t);
    const first = await ask();
    t.deepEqual(findingsOf(first.results), await coldLint(project));
    t.deepEqual(findingsOf(first.results), [
      'count.ts:2:10 @typescript-eslint/await-thenable',
      'main.ts:4:3 @typescript-eslint/no-floating-promises',
    ]);

    // The type of save changes, and with it what is wrong in main.ts, which stays as it is.
    const save = join(project, 'src/save.ts');
    const before = readFileSync(save, 'utf8');
    writeFileSync(save, 'export const save = (text: string): number => text.length;\n');
    const edited = await ask();
    t.deepEqual(findingsOf(edited.results), await coldLint(project));
    t.deepEqual(findingsOf(edited.results), ['count.ts:2:10 @typescript-eslint/await-thenable']);
    writeFileSync(save, before);
    const back = await ask();
    t.deepEqual(findingsOf(back.results), findingsOf(first.results));
    t.deepEqual([edited.pid, back.pid], [first.pid, first.pid], 'the warm worker has done all of it');

    process.kill(first.pid, 'SIGKILL');
    const healed = await ask();
    t.deepEqual(findingsOf(healed.results), findingsOf(first.results));
    t.not(healed.pid, first.pid);

    const { code, stdout } = await lint();
    t.is(code, 1);
    t.regex(stdout, /^src\/main\.ts:4:3 @typescript-eslint\/no-floating-promises Promises must be awaited/m);
    t.deepEqual(await stop(), [0, null]);
  },
);

withLinter('a changed configuration gets a fresh worker, and the same findings as a plain eslint', async (t) => {
  t.timeout(300_000);
  const { project, ask, stop } = await startDaemon(t);
  const first = await ask();
  const config = join(project, 'eslint.config.js');
  writeFileSync(config, readFileSync(config, 'utf8').replace(/.*no-floating-promises.*\n/, ''));
  const changed = await ask();
  t.deepEqual(findingsOf(changed.results), await coldLint(project));
  t.deepEqual(findingsOf(changed.results), ['count.ts:2:10 @typescript-eslint/await-thenable']);
  t.not(changed.pid, first.pid);
  t.deepEqual(await stop(), [0, null]);
});
