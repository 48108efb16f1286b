import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import {
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type Range,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node.js';
import { loadLanguageServer } from '../../bin/rocq/language-server/load-languageserver.ts';
import { bin } from '../support/cli.ts';
import { rocqFolder, standIn, withRocq } from '../support/rocq.ts';

const uri = pathToFileURL(join(tmpdir(), 'x.v')).href;
const lemma = (name: string, ...body: string[]): string =>
  `Lemma ${name} : x. ${body.map((each) => `${each}.`).join(' ')} Qed.\n`;
const at = (line: number, character: number) => ({ line, character });

interface Editor {
  readonly child: ChildProcess;
  readonly client: ProtocolConnection;
  /** Resolves with the next errors that are sent for a version of the text. */
  errorsOf(version: number): Promise<Diagnostic[]>;
  open(text: string): Promise<void>;
  change(version: number, range: Range, text: string): Promise<void>;
}

/** Starts the server, and a client of another library. */
async function editorOf(t: ExecutionContext, args: readonly string[] = ['--coq', standIn]): Promise<Editor> {
  const cwd = rocqFolder(t);
  const child = spawn(process.execPath, [bin, 'rocq', '--lsp', ...args], { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  const client = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  t.teardown(() => {
    client.dispose();
    child.kill('SIGKILL');
  });
  const waiting = new Map<number, (errors: Diagnostic[]) => void>();
  client.onNotification(PublishDiagnosticsNotification.type, ({ version = 0, diagnostics }) => {
    waiting.get(version)?.(diagnostics);
  });
  client.listen();
  const { capabilities } = await client.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
  });
  t.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
  await client.sendNotification(InitializedNotification.type, {});
  return {
    child,
    client,
    errorsOf: (version) => new Promise((resolve) => waiting.set(version, resolve)),
    open: (text) =>
      client.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri, languageId: 'rocq', version: 1, text },
      }),
    change: (version, range, text) =>
      client.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version },
        contentChanges: [{ range, text }],
      }),
  };
}

test('an editor gets the errors of each version, and the goals at a position', async (t) => {
  const { child, client, errorsOf, open, change } = await editorOf(t);
  const first = errorsOf(1);
  await open(lemma('a', 'ok') + lemma('b', 'ok', 'fail'));
  t.deepEqual(await first, [
    { range: { start: at(1, 17), end: at(1, 21) }, message: 'It failed.', severity: 1, source: 'rocq' },
  ]);
  const goals = await client.sendRequest('proof/goals', { textDocument: { uri }, position: at(1, 14) });
  t.deepEqual(goals, {
    textDocument: { uri, version: 1 },
    position: at(1, 14),
    messages: [],
    goals: {
      goals: [{ hyps: [{ names: ['n'], def: '2', ty: 'nat' }], ty: 'ok.' }],
      stack: [],
      shelf: [],
      given_up: [],
    },
  });
  const second = errorsOf(2);
  await change(2, { start: at(1, 17), end: at(1, 21) }, 'ok');
  t.deepEqual(await second, []);
  await client.sendRequest(ShutdownRequest.type);
  const exit = once(child, 'exit');
  await client.sendNotification(ExitNotification.type);
  t.deepEqual(await exit, [0, null]);
});

test('the proofs that the editor shows are checked before any other', async (t) => {
  const { client, errorsOf, open, change } = await editorOf(t, ['--coq', standIn, '-j', '1']);
  const first = errorsOf(1);
  await open(`Check 1.\n${[...'abcdefgh'].map((name) => lemma(name, 'ok')).join('')}`);
  await first;
  const waits: number[][] = [];
  client.onNotification('$/coq/fileProgress', ({ processing }: { processing: { range: Range }[] }) => {
    waits.push(processing.map(({ range }) => range.start.line));
  });
  await client.sendNotification('coq/viewRange', { textDocument: { uri }, range: { start: at(6, 0), end: at(6, 9) } });
  const second = errorsOf(2);
  // All proofs see this command, so that all run again.
  await change(2, { start: at(0, 6), end: at(0, 7) }, '2');
  await second;
  await client.sendRequest('proof/goals', { textDocument: { uri }, position: at(0, 0) });
  t.deepEqual(
    waits.map((lines) => lines.length),
    [8, 7, 7, 6, 5, 4, 3, 2, 1, 0],
  );
  const order = waits.slice(1).map((lines, i) => waits[i]?.filter((line) => !lines.includes(line)));
  t.deepEqual(order, [[6], [], [5], [7], [4], [8], [3], [2], [1]]);
});

test('without the package of the protocol the error names the command that installs it', async (t) => {
  const missing = Object.assign(new Error('not there'), { code: 'ERR_MODULE_NOT_FOUND' });
  await t.throwsAsync(
    loadLanguageServer(() => Promise.reject(missing)),
    { message: /npm install vscode-languageserver/ },
  );
});

withRocq('an editor with a real engine: an edit of a light proof, and its goals', async (t) => {
  const { client, errorsOf, open, change } = await editorOf(t, []);
  const first = errorsOf(1);
  await open('Lemma a (n m : nat) : n = m -> m = n.\nProof.\n  intros H.\n  symmetry. exact H.\nQed.\n');
  t.deepEqual(await first, []);
  const second = errorsOf(2);
  await change(2, { start: at(3, 2), end: at(3, 10) }, 'idtac');
  const [error] = await second;
  t.deepEqual(error?.range, { start: at(3, 15), end: at(3, 16) });
  const { goals } = await client.sendRequest<{ goals: { goals: unknown[] } }>('proof/goals', {
    textDocument: { uri },
    position: at(2, 5),
  });
  t.deepEqual(goals.goals, [
    {
      hyps: [
        { names: ['n', 'm'], ty: 'nat' },
        { names: ['H'], ty: 'n = m' },
      ],
      ty: 'm = n',
    },
  ]);
});
