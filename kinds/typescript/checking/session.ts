import { isAbsolute } from 'node:path';
import { TypescriptError, typescriptCodeOf } from '../engine/errors.ts';
import { ProjectServer } from '../engine/project-server.ts';
import type { TypescriptRequest, TypescriptResponse } from './tasks.ts';

/** The servers that one task may cost: the one that it finds may have been killed, and so may the next. */
const ATTEMPTS = 3;

/** The server of a worker, with one project at a time. In the worker. */
export class TypescriptSession {
  #server: ProjectServer | undefined;
  #texts: Readonly<Record<string, string>> = {};
  #seen = 0;

  /**
   * Performs a request. A server with another project is replaced. A server that has died is replaced too, by one that gets
   * the same texts: what it answers is the same.
   */
  async perform(request: TypescriptRequest, signal: AbortSignal): Promise<TypescriptResponse> {
    checkPaths(request);
    const begin = performance.now();
    let started = 0;
    for (let attempt = 1; ; attempt++) {
      const isHeld = this.#server?.isGone === false && this.#server.project === request.project;
      if (!isHeld) {
        this.dispose();
        this.#server = new ProjectServer(request.project);
        started++;
      }
      const server = this.#server as ProjectServer;
      server.hold(true);
      try {
        await server.start();
        this.#bringUpToDate(server, request, !isHeld);
        const answer = await answerOf(server, request, signal);
        const { pid } = server;
        return { ...answer, ms: performance.now() - begin, pid, rss: server.rss(), started, seen: request.seen };
      } catch (error) {
        if (typescriptCodeOf(error) === 'TYPESCRIPT_UNFIT') this.dispose();
        if (!server.isGone || attempt >= ATTEMPTS) throw error;
      } finally {
        server.hold(false);
      }
    }
  }

  /** Kills the server. */
  dispose(): void {
    this.#server?.kill('was given up for another project');
    this.#server = undefined;
    this.#texts = {};
  }

  #bringUpToDate(server: ProjectServer, { texts, changes, seen }: TypescriptRequest, isNew: boolean): void {
    for (const path of Object.keys(this.#texts)) if (texts[path] === undefined) server.setText(path, undefined);
    for (const [path, text] of Object.entries(texts)) if (this.#texts[path] !== text) server.setText(path, text);
    this.#texts = texts;
    // A cancelled task may have brought some of the changes before.
    if (!isNew) server.report(changes.slice(Math.max(0, changes.length - (seen - this.#seen))));
    this.#seen = seen;
  }
}

async function answerOf(server: ProjectServer, request: TypescriptRequest, signal: AbortSignal) {
  if (request.type === 'query') {
    return { type: 'answer', value: await server.query(request.method, request.params, signal) } as const;
  }
  const diagnostics = await server.diagnostics(request.type === 'file' ? request.file : undefined, signal);
  if (request.type === 'file') return { type: 'diagnostics', diagnostics } as const;
  return { type: 'diagnostics', diagnostics, files: await server.files(signal) } as const;
}

function checkPaths(request: TypescriptRequest): void {
  const paths = [request.project, ...(request.type === 'file' ? [request.file] : []), ...Object.keys(request.texts)];
  const wrong = paths.find((path) => !isAbsolute(path));
  if (wrong === undefined) return;
  throw new TypescriptError(
    'TYPESCRIPT_USAGE',
    `'${wrong}' must be an absolute path: resolve() of node:path makes one`,
  );
}
