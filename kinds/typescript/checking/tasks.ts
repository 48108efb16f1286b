import type { FileChange } from '../engine/project-server.ts';
import type { TypescriptDiagnostic } from '../engine/raw-diagnostics.ts';

interface OnProject {
  /** The absolute path of the project's tsconfig.json, which may have any name. */
  readonly project: string;
  /** The texts of files that are open in an editor, by absolute path: they count instead of the files on the disk. */
  readonly texts?: Readonly<Record<string, string>>;
  /**
   * All changes on the disk since the pool was made: a list that only grows. A worker gets the part that it has not seen.
   * @default none: each server keeps what it has read
   */
  readonly changes?: readonly FileChange[];
  /** The memory of a server in bytes above which its worker ends after the verdict. @default 1.5 GB */
  readonly maxRss?: number;
}

/** A task that checks a whole project. */
interface ProjectTask extends OnProject {
  readonly type: 'project';
}

/** A task that checks one file of a project, by absolute path. */
interface FileTask extends OnProject {
  readonly type: 'file';
  readonly file: string;
}

/** A task that asks what an editor asks: any request of the language server protocol. */
interface QueryTypescriptTask extends OnProject {
  readonly type: 'query';
  readonly method: string;
  readonly params: unknown;
}

/** A task of the typescript kind. */
export type TypescriptTask = ProjectTask | FileTask | QueryTypescriptTask;

/** The request to a worker: the task with the changes that its server has not seen. */
export type TypescriptRequest = (
  | { readonly type: 'project' }
  | { readonly type: 'file'; readonly file: string }
  | { readonly type: 'query'; readonly method: string; readonly params: unknown }
) & {
  readonly project: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly changes: readonly FileChange[];
  /** The number of all changes up to now. */
  readonly seen: number;
};

/** The facts about a worker's server that every response has. */
export interface TypescriptVitals {
  readonly ms: number;
  /** The id of the server's process. */
  readonly pid: number;
  /** The resident memory of the server in bytes. */
  readonly rss: number;
  /** The servers that were started for this task: 0 on a warm worker. */
  readonly started: number;
}

/** The outcome of a task of the typescript kind. */
export type TypescriptResult = TypescriptVitals &
  (
    | {
        readonly type: 'diagnostics';
        readonly diagnostics: readonly TypescriptDiagnostic[];
        /** The files of a whole project, libraries and packages included. */
        readonly files?: readonly string[];
      }
    | { readonly type: 'answer'; readonly value: unknown }
  );

/** The response of a worker. */
export type TypescriptResponse = TypescriptResult & { readonly seen: number };

/** The competence of the typescript kind: the project that the worker's server holds, and the changes that it has seen. */
export interface TypescriptCompetence {
  readonly project: string;
  readonly seen: number;
}

/** The types of the typescript kind. */
export interface TypescriptTypes {
  task: TypescriptTask;
  request: TypescriptRequest;
  response: TypescriptResponse;
  competence: TypescriptCompetence;
  result: TypescriptResult;
}
