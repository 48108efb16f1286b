import type { KindExamples } from '../../kind.ts';
import type { TypescriptResponse, TypescriptTask, TypescriptTypes } from './tasks.ts';

const projects = { app: '/repository/app/tsconfig.json', lib: '/repository/lib/tsconfig.json' };
const file = '/repository/app/main.ts';
const vitals = { ms: 1, pid: 1, rss: 1, started: 0, seen: 0 };
const error = { file, line: 1, column: 7, code: 2322, severity: 'error', message: 'a type does not fit' } as const;

const tasks = {
  projectOfApp: () => ({ type: 'project', project: projects.app }),
  projectOfLib: () => ({ type: 'project', project: projects.lib }),
  file: () => ({ type: 'file', project: projects.app, file }),
  query: () => ({ type: 'query', project: projects.app, method: 'textDocument/hover', params: {} }),
} satisfies Record<string, () => TypescriptTask>;

const withDiagnostics = ['projectOfApp', 'projectOfLib', 'file'];
const answered = (more: Partial<TypescriptResponse>) => (): TypescriptResponse =>
  ({ type: 'diagnostics', diagnostics: [], ...vitals, ...more }) as TypescriptResponse;

/** The finite abstraction of the typescript kind: which of two projects a worker's server holds. */
export const typescriptExamples: KindExamples<TypescriptTypes> = {
  tasks,
  responses: {
    right: { to: withDiagnostics, make: answered({}) },
    wrong: { to: withDiagnostics, make: answered({ diagnostics: [error] }) },
    answer: { to: ['query'], make: answered({ type: 'answer', value: null }) },
    large: { to: '*', make: answered({ rss: 2e9 }) },
  },
  classOfTask({ type, project }) {
    if (type !== 'project') return type;
    return project === projects.app ? 'projectOfApp' : 'projectOfLib';
  },
  classOfCompetence: ({ project }) => (project === projects.app ? 'app' : 'lib'),
};
