import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { killEngine, rssOf } from '../../engine/child.ts';
import { findProgram } from '../../smt/engine/native-process.ts';
import { Connection } from './connection.ts';
import { TypescriptError } from './errors.ts';

/** The abilities of this client: it asks for diagnostics, and reports which files have changed. */
const CAPABILITIES = { textDocument: { diagnostic: {} }, workspace: { configuration: true } };

/**
 * The process of TypeScript's server (`tsc --lsp`), with two connections: the language server protocol on its standard
 * streams, and the compiler's own interface on a socket, which the server opens on request. Both see the same files. In
 * the worker.
 *
 * The process ends when its standard input closes. On Linux the system also kills it when its parent dies (`setpriv`).
 */
export class ServerProcess {
  readonly editor: Connection;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #compiler: Connection | undefined;
  #socket: Socket | undefined;
  #complaints = '';
  #gone: TypescriptError | undefined;
  #onExit = (): void => this.kill('its worker ended');

  constructor(program: string, folder: string) {
    const keeper = process.platform === 'linux' ? findProgram('setpriv') : undefined;
    const args = ['--lsp', '--stdio'];
    const [path, all] = keeper ? [keeper, ['--pdeathsig', 'KILL', program, ...args]] : [program, args];
    // A group of its own: a Ctrl-C reaches only the program, which ends its workers.
    this.#child = spawn(path, all, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, cwd: folder });
    this.#child.on('error', (error) => this.#end(`could not start: ${error.message}`));
    const { stdin, stdout, stderr } = this.#child;
    this.editor = new Connection(stdout, stdin, answerServer);
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    stderr.on('error', () => {});
    this.#child.on('close', (code, signal) => this.#end(`ended with ${signal ?? `exit code ${code}`}`));
    process.once('exit', this.#onExit);
  }

  /** The id of the process; `undefined` if it could not start. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Is `true` once the process has ended or been killed. */
  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /**
   * Opens both connections, and returns that of the compiler. @throws {TypescriptError} TYPESCRIPT_UNFIT for a server
   * without the compiler's interface
   */
  async open(): Promise<Connection> {
    if (this.#compiler) return this.#compiler;
    await this.editor.request('initialize', { processId: process.pid, rootUri: null, capabilities: CAPABILITIES });
    this.editor.notify('initialized', {});
    this.#compiler = await this.#connect();
    return this.#compiler;
  }

  /** Keeps this worker alive while a request is pending: an idle server does not keep it alive. */
  hold(isBusy: boolean): void {
    if (this.#child.pid === undefined) return;
    const { stdin, stdout, stderr } = this.#child;
    for (const handle of [this.#child, stdin, stdout, stderr, this.#socket] as (Socket | undefined)[]) {
      if (isBusy) handle?.ref?.();
      else handle?.unref?.();
    }
  }

  /** Kills the process; pending requests reject with TYPESCRIPT_DIED. */
  kill(why: string): void {
    this.#fail(why);
    this.#socket?.destroy();
    killEngine(this.#child);
  }

  /** Returns the resident memory of the process in bytes; 0 if the system does not report it. */
  rss(): number {
    return rssOf(this.#child);
  }

  async #connect(): Promise<Connection> {
    try {
      const { pipe } = (await this.editor.request('custom/initializeAPISession', {})) as { pipe: string };
      const socket = connect(pipe);
      this.#socket = socket;
      const connection = new Connection(socket, socket, answerServer);
      if (this.#gone) connection.fail(this.#gone);
      // The compiler closes the socket when it dies: the pending requests end with the process.
      this.#compiler = connection;
      await connection.request('initialize', null);
      return connection;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'TYPESCRIPT_REFUSED') throw error;
      const { message } = error as Error;
      const problem = `this version of TypeScript has no interface to its compiler (${message})`;
      throw new TypescriptError('TYPESCRIPT_UNFIT', `${problem}: npm install --save-dev typescript@7`);
    }
  }

  #end(what: string): void {
    const complaints = this.#complaints.trim();
    this.#fail(`${what}${complaints === '' ? '' : `: ${complaints}`}`);
    this.#socket?.destroy();
  }

  #fail(why: string): void {
    if (this.#gone) return;
    this.#gone = new TypescriptError('TYPESCRIPT_DIED', `TypeScript's server ${why}`);
    process.off('exit', this.#onExit);
    this.editor.fail(this.#gone);
    this.#compiler?.fail(this.#gone);
  }
}

/** The settings of the server: without them it runs `npm install` for the types of packages that a loose file imports. */
const SETTINGS = { tsserver: { automaticTypeAcquisition: { enabled: false } }, disableAutomaticTypeAcquisition: true };

/** Answers a request of the server: one asks for settings, section by section; the others need no answer. */
function answerServer(method: string, params: unknown): unknown {
  if (method !== 'workspace/configuration') return null;
  return (params as { items: readonly unknown[] }).items.map(() => SETTINGS);
}
