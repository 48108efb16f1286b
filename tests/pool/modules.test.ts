import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folderOf } from '../bin/cli.ts';
import { onEachHost } from '../support/pool.ts';

interface Counting {
  task: string;
  request: string;
  response: number;
  competence: undefined;
  result: number;
}

/** How the module of a kind may be written; each counts how often it is evaluated. */
const modules: readonly [name: string, text: string][] = [
  ['module.mjs', 'globalThis.evaluated = (globalThis.evaluated ?? 0) + 1; export default KIND;'],
  ['late.mjs', 'globalThis.evaluated = await ((globalThis.evaluated ?? 0) + 1); export default KIND;'],
  ['common.cjs', 'globalThis.evaluated = (globalThis.evaluated ?? 0) + 1; module.exports = KIND;'],
  [
    'compiled.cjs',
    'globalThis.evaluated = (globalThis.evaluated ?? 0) + 1; exports.__esModule = true; exports.default = KIND;',
  ],
  ['typed.mts', 'globalThis.evaluated = ((globalThis.evaluated ?? 0) + 1) as number; export default KIND;'],
];
const KIND = `{
  name: 'counting', url: 'file:///none',
  requestOfTask: (_status, task) => task,
  perform: () => globalThis.evaluated,
}`;

for (const [name, text] of modules) {
  onEachHost(`${name}: the kind's module is evaluated once in a worker`, async (t, open) => {
    const url = pathToFileURL(join(folderOf(t, { [name]: text.replace('KIND', KIND) }), name)).href;
    const pool = open<Counting>({ name: 'counting', url, requestOfTask: (_status, task) => task, perform: () => 0 });
    t.is(await pool.run('how often?'), 1);
  });
}
