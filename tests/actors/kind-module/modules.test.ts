import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import type { Kind } from 'statepool';
import { folderOf } from '../../support/cli.ts';
import { fixture } from '../../support/jobs.ts';
import { onEachHost, opener } from '../../support/pool.ts';

interface Counting {
  task: string;
  request: string;
  response: number;
}

/** The possible forms of a kind's module; each counts its evaluations. */
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
    const kind = new Function(`return ${KIND}`)() as Kind<Counting>;
    const pool = open({ ...kind, url });
    t.is(await pool.run('how often?'), 1);
  });
}

// Node aborts the program if a thread is ended while it makes the exports of a required ECMAScript module.
test('a thread does not require the module of its kind, which a program may end at any moment', async (t) => {
  const { default: loaded } = await import(fixture('loaded.js'));
  const stack = await opener(t, 'thread')(loaded as Kind<{ task: number; request: number; response: string }>).run(1);
  t.regex(stack, /loaded\.js/);
  t.notRegex(stack, /cjs\/loader/);
});
