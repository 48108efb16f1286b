import { readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Connection } from './connection.ts';
import { TypescriptError } from './errors.ts';
import { findTypescript } from './find-typescript.ts';
import { diagnosticsOf, type RawDiagnostic, type TypescriptDiagnostic } from './raw-diagnostics.ts';
import { ServerProcess } from './server-process.ts';

/** A change of a file on the disk. */
export interface FileChange {
  readonly path: string;
  readonly type: 'created' | 'changed' | 'deleted';
}

interface Snapshot {
  readonly snapshot: number;
  readonly projects: readonly {
    readonly id: string;
    readonly configFileName: string;
    readonly compilerOptions: { readonly declaration?: boolean; readonly composite?: boolean };
  }[];
}

/** The numbers of the protocol. */
const CHANGES = { created: 1, changed: 2, deleted: 3 };
const LANGUAGES: Readonly<Record<string, string>> = {
  '.tsx': 'typescriptreact',
  '.jsx': 'javascriptreact',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.json': 'json',
};

/** One project in a server of its own: texts of open files, changes on the disk, diagnostics, questions. In the worker. */
export class ProjectServer {
  readonly project: string;
  readonly #process: ServerProcess;
  readonly #texts = new Map<string, string>();
  #versions = 0;
  #compiler: Connection | undefined;
  #current: Snapshot | undefined;

  /** Starts the server. `project` is the absolute path of a tsconfig.json. @throws {TypescriptError} TYPESCRIPT_MISSING */
  constructor(project: string) {
    this.project = project;
    this.#process = new ServerProcess(findTypescript(project), dirname(project));
  }

  /** The id of the server's process. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Is `true` once the server has died. */
  get isGone(): boolean {
    return this.#process.isGone;
  }

  /** Returns the resident memory of the server in bytes. */
  rss(): number {
    return this.#process.rss();
  }

  /** Kills the server. */
  kill(why: string): void {
    this.#process.kill(why);
  }

  /** Keeps this worker alive while a request is pending. */
  hold(isBusy: boolean): void {
    this.#process.hold(isBusy);
  }

  /** Sets the text of an open file, which counts instead of the file on the disk; `undefined` closes it. */
  setText(path: string, given: string | undefined): void {
    const text = given === undefined ? undefined : withoutMark(given);
    const uri = uriOf(path);
    const isOpen = this.#texts.has(path);
    const version = ++this.#versions;
    const { editor } = this.#process;
    if (text === undefined) {
      this.#texts.delete(path);
      if (isOpen) editor.notify('textDocument/didClose', { textDocument: { uri } });
      return;
    }
    this.#texts.set(path, text);
    if (isOpen) {
      editor.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });
    } else {
      const languageId = LANGUAGES[extname(path)] ?? 'typescript';
      editor.notify('textDocument/didOpen', { textDocument: { uri, languageId, version, text } });
    }
  }

  /** Reports changes on the disk: the server watches no file itself. */
  report(changes: readonly FileChange[]): void {
    if (changes.length === 0) return;
    this.#process.editor.notify('workspace/didChangeWatchedFiles', {
      changes: changes.map(({ path, type }) => ({ uri: uriOf(path), type: CHANGES[type] })),
    });
  }

  /** Opens the connections. Texts and changes that come earlier would be lost. */
  async start(): Promise<void> {
    this.#compiler ??= await this.#process.open();
  }

  /**
   * Returns the diagnostics of a file of the project, or of the whole project, as `tsc -p PROJECT --noEmit` has them: errors
   * of the syntax hide those of types. @throws {TypescriptError} TYPESCRIPT_USAGE for a file outside of the project
   */
  async diagnostics(file: string | undefined, signal: AbortSignal): Promise<readonly TypescriptDiagnostic[]> {
    const { id, compilerOptions } = await this.#update(signal);
    const ask = async (part: string): Promise<readonly RawDiagnostic[]> => {
      const params = { project: id, ...(file === undefined ? {} : { file }) };
      return ((await this.#ask(`get${part}Diagnostics`, params, signal)) ?? []) as RawDiagnostic[];
    };
    if (file !== undefined && !(await this.files(signal)).includes(file)) {
      throw new TypescriptError('TYPESCRIPT_USAGE', `${file} is not a file of this project: ${this.project}`);
    }
    const config = await ask('ConfigFileParsing');
    const found = file === undefined ? [...config] : [];
    const before = found.length;
    found.push(...(await ask('Syntactic')));
    if (found.length === before) {
      if (file === undefined) found.push(...(await ask('Program')), ...(await ask('Global')));
      if (found.length === before || file !== undefined) found.push(...(await ask('Semantic')));
      const hasTypes = compilerOptions.declaration || compilerOptions.composite;
      if (hasTypes && found.length === before) found.push(...(await ask('Declaration')));
    }
    return diagnosticsOf(found, (path) => this.#textOf(path));
  }

  /** Returns the absolute paths of the files of the project, libraries and packages included. */
  async files(signal: AbortSignal): Promise<readonly string[]> {
    const { id } = this.#projectIn(this.#current as Snapshot);
    return ((await this.#ask('getSourceFileNames', { project: id }, signal)) ?? []) as string[];
  }

  /** Asks a question of an editor: any request of the language server protocol. */
  async query(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    return await this.#process.editor.request(method, params, signal);
  }

  /** Brings the compiler up to date with the texts and the disk. */
  async #update(signal: AbortSignal): Promise<Snapshot['projects'][number]> {
    // The two connections are read apart: this answer says that the server has taken all texts and changes.
    await this.#process.editor.request('custom/projectInfo', { textDocument: { uri: uriOf(this.project) } }, signal);
    const before = this.#current;
    const params = before ? {} : { openProjects: [this.project] };
    // A pending update is never given up: its snapshot would stay in memory for ever.
    const next = (await this.#compiler?.request('updateSnapshot', params)) as Snapshot;
    this.#current = next;
    if (before) await this.#compiler?.request('release', { snapshot: before.snapshot });
    return this.#projectIn(next);
  }

  #projectIn({ projects }: Snapshot): Snapshot['projects'][number] {
    const found = projects.find(({ configFileName }) => configFileName === this.project);
    if (found) return found;
    throw new TypescriptError('TYPESCRIPT_USAGE', `${this.project}: TypeScript has not opened this project`);
  }

  async #ask(method: string, params: object, signal: AbortSignal): Promise<unknown> {
    const { snapshot } = this.#current as Snapshot;
    return await this.#compiler?.request(method, { snapshot, ...params }, signal);
  }

  #textOf(path: string): string {
    const open = this.#texts.get(path);
    if (open !== undefined) return open;
    try {
      return withoutMark(readFileSync(path, 'utf8'));
    } catch {
      // The file was deleted after the server had read it.
      return '';
    }
  }
}

function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

/** Returns a text without the byte order mark, which the server does not count. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
