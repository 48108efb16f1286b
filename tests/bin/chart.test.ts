import test from 'ava';
import { createMachine } from 'xstate';
import { workerMachine } from '../../machines/index.ts';
import { folderOf, statepool } from '../support/cli.ts';
import { transitionsOf } from '../support/drawn-machines.ts';

const echo = `{ name: 'echo', url: import.meta.url, requestOfTask: (_status, task) => task, perform: (request) => request`;
const examples = `examples: { tasks: { call: () => 1 }, responses: { done: { to: '*', make: () => 1 } }, classOfTask: () => 'call', classOfCompetence: () => 'none' }`;

test('chart --json prints JSON from which createMachine makes the same machine', async (t) => {
  const { code, stdout, stderr } = await statepool(['chart', 'worker', '--json']);
  t.is(code, 0, stderr);
  t.deepEqual(transitionsOf(createMachine(JSON.parse(stdout))), transitionsOf(workerMachine));
});

test('chart prints a mermaid diagram by default', async (t) => {
  const [plain, asked] = await Promise.all([
    statepool(['chart', 'supervisor']),
    statepool(['chart', 'supervisor', '--mermaid']),
  ]);
  t.is(plain.code, 0, plain.stderr);
  t.regex(plain.stdout, /^stateDiagram-v2\n {2}\[\*\] --> running\n/);
  t.is(asked.stdout, plain.stdout);
});

test('chart --svg draws the chart of a shipped kind', async (t) => {
  const { code, stdout, stderr } = await statepool(['chart', 'call', '--svg']);
  t.is(code, 0, stderr);
  t.regex(stdout, /^<svg .*data-machine="call"/);
  t.regex(stdout, /data-state="busy\.call on fresh"/);
});

test("chart takes the module of a user's kind", async (t) => {
  const cwd = folderOf(t, { 'echo.mjs': `export default ${echo}, ${examples} };` });
  const { code, stdout, stderr } = await statepool(['chart', 'echo.mjs', '--json'], { cwd });
  t.is(code, 0, stderr);
  t.is(JSON.parse(stdout).id, 'echo');
});

test('a kind that is missing or has no chart, and conflicting formats, are reported in one line with exit code 2', async (t) => {
  const cwd = folderOf(t, { 'bare.mjs': `export default ${echo} };`, 'none.mjs': 'export const kind = 1;' });
  const cases = [
    [['nope'], /^statepool: there is no module .*nope\n$/],
    [['constructor'], /^statepool: there is no module .*constructor\n$/],
    [['none.mjs'], /^statepool: none\.mjs has no default export .*\n$/],
    [['bare.mjs'], /^statepool: the kind echo has no chart: .*examples.*\n$/],
    [['worker', '--svg', '--json'], /^statepool: .*'--svg'.*'--json'.*\n$/],
  ] as const;
  await Promise.all(
    cases.map(async ([args, message]) => {
      const { code, stdout, stderr } = await statepool(['chart', ...args], { cwd });
      t.is(code, 2, stderr);
      t.is(stdout, '');
      t.regex(stderr, message);
    }),
  );
});
