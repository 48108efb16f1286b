// A kind whose workers keep ESLint and the types of one project: typed rules need seconds for the first file, and little for the next.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

let linter; // in the worker

export default {
  name: 'typed-lint',
  url: import.meta.url,
  // A run under CI would keep no program; two cores of a laptop should.
  extraEnv: () => ({ TSESTREE_SINGLE_RUN: 'false' }),
  // A worker is for one project with one configuration. After a change of the configuration a fresh worker takes its place, so there is
  // no cache to clear.
  affinity: ({ project, settings }) => `${project} ${settings}`,
  affinityOfCompetence: ({ key }) => key,
  // `changes` are all files that have changed since the daemon began, in order. A worker gets those that it has not seen.
  requestOfTask: (status, { project, files, changes }) => ({
    project,
    files,
    changed: changes.slice(status.type === 'fresh' ? changes.length : status.competence.seen),
    seen: changes.length,
  }),
  useResponse: (status, { project, settings }, { results, seen, pid }) => ({
    type: 'stay',
    competence: { key: `${project} ${settings}`, seen: Math.max(seen, status.competence?.seen ?? 0) },
    result: { results, pid },
  }),
  async perform({ project, files, changed, seen }) {
    linter ??= await openLinter(project);
    // The parser learns of a new text only when it reads the file itself: so all changed files come first.
    for (const file of new Set(changed)) await lint(file);
    const results = [];
    for (const file of files) results.push(...(await lint(file)));
    return { results, seen, pid: process.pid };
  },
};

/** Loads ESLint as the project has it. */
async function openLinter(project) {
  const { resolve } = createRequire(join(project, 'package.json'));
  const { ESLint } = await import(pathToFileURL(resolve('eslint')).href).then(({ default: eslint }) => eslint);
  return new ESLint({ cwd: project });
}

async function lint(filePath) {
  let text;
  try {
    text = readFileSync(filePath, 'utf8');
  } catch {
    return []; // the file is gone
  }
  return linter.lintText(text, { filePath, warnIgnored: true });
}
