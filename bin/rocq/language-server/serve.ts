import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { cwd, stdin, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import type {
  Connection,
  DidChangeTextDocumentParams,
  Position,
  Range,
  TextDocumentIdentifier,
} from 'vscode-languageserver/node.js';
import { rocqCodeOf } from '../../../kinds/rocq/engine/errors.ts';
import type { SessionPool } from '../../../kinds/rocq/live/order.ts';
import { createSession, type Session } from '../../../kinds/rocq/live/session.ts';
import type { SessionProblem } from '../../../kinds/rocq/live/types.ts';
import type { CheckSettings } from '../check-file.ts';
import { goalAnswer } from './goals.ts';
import { loadLanguageServer } from './load-languageserver.ts';

/** The settings of the server. */
type ServerSettings = Pick<CheckSettings, 'args' | 'coq' | 'maxRss' | 'timeoutProof'>;

/** The lines below an edit that are taken to be seen, for an editor that does not say what it shows. */
const SEEN = 40;

interface OpenFile {
  readonly session: Session;
  version: number;
  /** Is `true` once the editor has said which lines it shows. */
  knowsView: boolean;
}

/**
 * Serves an editor on stdin and stdout by the Language Server Protocol, until it says `exit` or closes stdin: errors,
 * progress (`$/coq/fileProgress`), goals (`proof/goals`) and the lines that are seen (`coq/viewRange`), as rocq-lsp.
 */
export async function serveEditor(pool: SessionPool, settings: ServerSettings, ended: AbortSignal): Promise<void> {
  const { createConnection, StreamMessageReader, StreamMessageWriter } = await loadLanguageServer();
  const connection = createConnection(new StreamMessageReader(stdin), new StreamMessageWriter(stdout));
  const server = new EditorServer(connection, pool, settings);
  await new Promise<void>((resolve) => {
    server.listen(resolve);
    ended.addEventListener('abort', () => resolve());
  });
  server.close();
}

class EditorServer {
  readonly #connection: Connection;
  readonly #pool: SessionPool;
  readonly #settings: ServerSettings;
  readonly #files = new Map<string, OpenFile>();

  constructor(connection: Connection, pool: SessionPool, settings: ServerSettings) {
    this.#connection = connection;
    this.#pool = pool;
    this.#settings = settings;
  }

  listen(onEnd: () => void): void {
    const connection = this.#connection;
    connection.onInitialize(() => ({
      // 2: an edit is sent as the range that it changes.
      capabilities: { textDocumentSync: { openClose: true, change: 2 } },
      serverInfo: { name: 'statepool rocq' },
    }));
    connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => this.#open(uri, version, text));
    connection.onDidChangeTextDocument((change) => this.#change(change));
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => this.#close(uri));
    connection.onNotification('coq/viewRange', (params: { textDocument: TextDocumentIdentifier; range: Range }) => {
      const file = this.#files.get(params.textDocument.uri);
      if (!file) return;
      file.knowsView = true;
      file.session.setViewport({ from: params.range.start.line, to: params.range.end.line });
    });
    connection.onRequest(
      'proof/goals',
      async ({ textDocument, position }: { textDocument: TextDocumentIdentifier; position: Position }) => {
        const file = this.#files.get(textDocument.uri);
        if (!file) throw new Error(`${textDocument.uri} is not open: send textDocument/didOpen first`);
        const { session, version } = file;
        return goalAnswer({ uri: textDocument.uri, version }, position, await session.goals(position));
      },
    );
    connection.onShutdown(() => {});
    connection.onExit(onEnd);
    // An editor that dies says nothing.
    stdin.on('close', onEnd);
    stdin.on('end', onEnd);
    connection.listen();
  }

  close(): void {
    for (const uri of [...this.#files.keys()]) this.#files.get(uri)?.session.close();
    this.#files.clear();
    this.#connection.dispose();
  }

  #open(uri: string, version: number, text: string): void {
    this.#files.get(uri)?.session.close();
    const { args, coq, maxRss, timeoutProof } = this.#settings;
    const path = uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
    const isAlone = args.length === 0 && path !== undefined && existsSync(dirname(path));
    const session = createSession(this.#pool, {
      text,
      args,
      // The flags of a project count from the current folder; a file without flags may need its neighbours.
      folder: isAlone ? dirname(path) : cwd(),
      file: path === undefined ? 'Unnamed.v' : isAlone ? basename(path) : path,
      // A path counts from the current folder; a name is one on PATH.
      ...(coq === undefined ? {} : { program: coq.includes('/') ? resolve(coq) : coq }),
      ...(maxRss === undefined ? {} : { maxRss: maxRss * 1e6 }),
      ...(timeoutProof === undefined ? {} : { timeoutMs: timeoutProof * 1000 }),
    });
    const file: OpenFile = { session, version, knowsView: false };
    this.#files.set(uri, file);
    session.on('problems', (problems) => this.#sendProblems(uri, file, problems));
    session.on('checked', () => this.#sendProblems(uri, file, session.problems));
    session.on('progress', ({ waiting }) => {
      const processing = waiting.map((range) => ({ range, kind: 1 }));
      const textDocument = { uri, version: file.version };
      void this.#connection.sendNotification('$/coq/fileProgress', { textDocument, processing });
    });
    session.on('failed', (error) => {
      const message = error instanceof Error ? error.message : String(error);
      if (rocqCodeOf(error) !== undefined) this.#connection.window.showErrorMessage(message);
      else this.#connection.console.error(message);
    });
  }

  #change({ textDocument: { uri, version }, contentChanges }: DidChangeTextDocumentParams): void {
    const file = this.#files.get(uri);
    if (!file) return;
    file.version = version;
    for (const change of contentChanges) {
      if (!('range' in change)) {
        file.session.replace(change.text);
        continue;
      }
      const { line } = change.range.start;
      if (!file.knowsView) file.session.setViewport({ from: line, to: line + SEEN });
      file.session.edit(change.range, change.text);
    }
  }

  #close(uri: string): void {
    this.#files.get(uri)?.session.close();
    this.#files.delete(uri);
    void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  #sendProblems(uri: string, { version }: OpenFile, problems: readonly SessionProblem[]): void {
    const diagnostics = problems.map(({ range, message }) => ({
      range,
      message,
      severity: 1 as const,
      source: 'rocq',
    }));
    void this.#connection.sendDiagnostics({ uri, version, diagnostics });
  }
}
